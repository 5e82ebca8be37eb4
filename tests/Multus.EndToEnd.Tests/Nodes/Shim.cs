using System.Diagnostics;
using System.Globalization;
using Multus.TestSupport.Daemons;

namespace Multus.EndToEnd.Tests.Nodes;

/// <summary>Runs the published shim as the container runtime of a node does.</summary>
public sealed class Shim(NodeFolders folders, string nodeNetNs)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    /// <summary>
    /// Runs one verb for a pod (null: for the node, as STATUS and VERSION are) and returns how it ended.
    /// </summary>
    /// <exception cref="OperationCanceledException">It was killed because <paramref name="kill"/> asked for
    /// it.</exception>
    public async Task<ShimRun> Run(string command, TestPod? pod, ShimOptions options, CancellationToken kill)
    {
        using var process = new Process();
        process.StartInfo = StartInfo(command, pod, options);
        process.Start();
        var stdout = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var stderr = process.StandardError.ReadToEndAsync(CancellationToken.None);
        await Give(process, options.Stdin ?? Configuration(options));

        var what = $"{command} of {pod?.Name ?? "the node"}";
        try
        {
            using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, kill);
            await process.WaitForExitAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            kill.ThrowIfCancellationRequested();
            throw new TimeoutException($"{what} was still running after {Patience.TotalSeconds} s");
        }

        return new ShimRun(what, process.ExitCode, await stdout, await stderr);
    }

    private static async Task Give(Process process, string stdin)
    {
        try
        {
            await process.StandardInput.WriteAsync(stdin);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended without reading: VERSION needs no configuration. What it said is in the outcome.
        }
    }

    private ProcessStartInfo StartInfo(string command, TestPod? pod, ShimOptions options)
    {
        var start = new ProcessStartInfo("nsenter", [$"--net={nodeNetNs}", Binaries.Shim])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin";
        start.Environment["CNI_COMMAND"] = command;
        start.Environment["CNI_PATH"] = folders.Plugins;
        if (pod is null)
            return start;

        start.Environment["CNI_CONTAINERID"] = pod.Sandbox;
        start.Environment["CNI_IFNAME"] = "eth0";
        start.Environment["CNI_ARGS"] = ArgsOf(pod) + options.MoreArgs;
        if (options.WithNetNs)
            start.Environment["CNI_NETNS"] = pod.NetNs;
        return start;
    }

    /// <summary>CNI_ARGS as containerd writes them.</summary>
    public static string ArgsOf(TestPod pod) =>
        $"IgnoreUnknown=1;K8S_POD_NAMESPACE={pod.Namespace};K8S_POD_NAME={pod.Name};K8S_POD_INFRA_CONTAINER_ID={pod.Sandbox};K8S_POD_UID={pod.Uid}";

    private string Configuration(ShimOptions options) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"cniVersion":"{{options.CniVersion}}","name":"multus-cni-network","type":"multus-shim","daemonSocketDir":"{{folders.SocketDir}}","cniDir":"{{folders.CniDir}}","daemonWaitSeconds":{{options.WaitSeconds}}}"""
        );
}

/// <param name="CniVersion">Of the runtime's configuration.</param>
/// <param name="WaitSeconds">How long the shim waits for a daemon that is away.</param>
/// <param name="WithNetNs">Whether CNI_NETNS is there; a DEL may come without.</param>
/// <param name="Stdin">The whole configuration, instead of the usual one.</param>
public sealed record ShimOptions(
    string CniVersion = "1.0.0",
    double WaitSeconds = 60,
    bool WithNetNs = true,
    string? Stdin = null
)
{
    /// <summary>Behind the arguments about the pod, each with a semicolon in front.</summary>
    public string MoreArgs { get; init; } = "";
}
