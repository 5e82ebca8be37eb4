using System.Collections.Concurrent;
using System.Collections.Immutable;
using Multus.Actors.Annotations;
using Multus.Actors.Tests.Fakes;
using Multus.Actors.Tests.Sandboxes;
using Multus.Cni;
using Multus.Cni.Runtime;
using Multus.Engine.Requests;
using Multus.TestSupport;

namespace Multus.Actors.Tests.Garbage;

/// <summary>A node with three networks, two of which know GC, and the lists that they get.</summary>
public abstract class CollectionFixture : SandboxFixture
{
    private protected readonly ConcurrentDictionary<string, string> _lists = [];

    protected CollectionFixture()
    {
        Temp.File("cluster.conf", """{"cniVersion":"1.1.0","name":"cluster","type":"cluster"}""");
        Cluster = ClusterOf(
            new() { ["k8s.v1.cni.cncf.io/networks"] = "second,third" },
            ("ns", "second", """{"cniVersion":"1.1.0","name":"blue","type":"second"}"""),
            ("ns", "third", """{"cniVersion":"1.0.0","type":"third"}""")
        );
        foreach (var type in new[] { "cluster", "second" })
            Plugins.On(CniCommand.Gc, type, Collect);
    }

    private protected Task<CniReply> Collect(IActorRef sandboxes, params string[] valid)
    {
        ImmutableArray<ValidAttachment> list = [.. valid.Select(id => new ValidAttachment(id, "eth0"))];
        return sandboxes.Ask<CniReply>(
            new CniRequest.CollectGarbage("r2", Request().Configuration, [Temp["bin"]], list, CancellationToken.None),
            Patience
        );
    }

    private protected Task<PluginOutput> Collect(PluginCall call)
    {
        _lists[call.PluginType] = string.Join(
            ' ',
            ValidAttachment
                .ReadList(call.Stdin)!
                .Value.Select(a => $"{a.ContainerId}/{a.IfName}")
                .Order(StringComparer.Ordinal)
        );
        return Task.FromResult<PluginOutput>(new PluginOutput.Succeeded(default));
    }

    /// <summary>
    /// Has the plugin wait in the call: the first task ends when it is there, the action lets it go on.
    /// </summary>
    private protected (Task Started, Action Release) Hold(CniCommand command, string type)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Plugins.On(
            command,
            type,
            async call =>
            {
                started.TrySetResult();
                await release.Task;
                return FakePlugins.Success(call);
            }
        );
        return (started.Task, release.SetResult);
    }
}
