using Multus.EndToEnd.Tests.Kubernetes;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Explaining;

/// <summary>One command says why a pod has no network while the API server is away.</summary>
public sealed class ServerTroubleTests(ITestOutputHelper output) : ApiServerTest(output)
{
    [RootFact]
    public async Task An_API_server_that_is_away()
    {
        CreateNetwork("blue");
        UseKubeconfig();
        await Node.StartDaemon();
        await Server.StopAsync();
        var pod = CreatePod("blue");

        _ = (await Node.Add(pod)).Error();

        ToolResult ran = null!;
        await Wait.Until(
            "explain says it",
            () => (ran = Node.Ctl("explain", $"{pod.Namespace}/{pod.Name}")).Stdout.Contains(pod.Sandbox),
            () => ran.Stdout
        );
        Assert.Equal(1, ran.ExitCode);
        Assert.Contains("The API server could not be asked", ran.Stdout, StringComparison.Ordinal);
        Assert.Contains("See why the node cannot reach the API server", ran.Stdout, StringComparison.Ordinal);
    }
}
