using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Delegates;

/// <summary>
/// Multus as a delegate of Multus, under another name: refused at once, and nothing of it is kept or repeated.
/// </summary>
public abstract class DelegationLoopTests(ITestOutputHelper output, Flavour flavour) : NodeTest(output, flavour)
{
    [RootFact]
    public async Task Multus_under_another_name_is_refused_as_a_delegate()
    {
        File.Copy(Node.Binary, Path.Combine(Node.Folders.Plugins, "foo"));

        await IsRefused("foo");
    }

    [RootFact]
    public async Task Multus_behind_a_wrapper_is_refused_as_a_delegate()
    {
        var foo = Path.Combine(Node.Folders.Plugins, "foo");
        File.Copy(Node.Binary, foo);
        var wrapper = Node.Steered("wrapper");
        foreach (var command in new[] { "ADD", "DEL" })
            wrapper.On(command, does => does.Does($"exec '{foo}' <\"$call/stdin\""));

        await IsRefused("wrapper");

        Assert.Equal(["ADD", "DEL"], wrapper.Calls.Select(call => call.Command));
    }

    private async Task IsRefused(string type)
    {
        var recorder = Node.Steered("recorder");
        Node.With("clusterNetwork", Node.ClusterNetwork(Networks.Steered("cluster", "recorder")));
        Node.Manifests.Network(
            "loop",
            $$"""{"cniVersion":"1.0.0","name":"loop","type":"{{type}}","daemonSocketDir":"{{Node.Folders.SocketDir}}","cniDir":"{{Node.Folders.CniDir}}"}"""
        );
        var pod = Node.Pod("loop");
        var before = Node.Remains(pod);
        await Node.Start();

        var error = (await Node.Add(pod)).Error();

        Assert.Equal(7u, error.Code);
        Assert.StartsWith(
            $"ADD of network default/loop, interface net1: plugin {type}: ADD comes from a delegate of Multus",
            error.Message,
            StringComparison.Ordinal
        );
        (await Node.Del(pod)).Succeeded();
        Assert.Empty(Node.Folders.PendingFiles());
        Assert.Equal(before, Node.Remains(pod));
        Assert.Equal(["ADD", "DEL"], recorder.Calls.Select(call => call.Command)); // the cluster network, once
    }
}

public sealed class ThickDelegationLoopTests(ITestOutputHelper output) : DelegationLoopTests(output, Flavour.Thick);

public sealed class ThinDelegationLoopTests(ITestOutputHelper output) : DelegationLoopTests(output, Flavour.Thin);
