using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Delegates;

/// <summary>
/// Each delegate of a pod with three networks fails, hangs or lies, at ADD, CHECK and DEL in turn: afterwards links,
/// routes, addresses, records and stored DELs are as they were. The delegates are steered plugins before real bridges,
/// so what they have made before they fail is real.
/// </summary>
public abstract class FaultMatrixTests(ITestOutputHelper output, Flavour flavour) : NodeTest(output, flavour)
{
    private static readonly string Real = $"{Requirements.PluginFolder}/bridge <\"$call/stdin\"";

    // Name, behaviour, and whether the daemon can know that something is wrong: of a CHECK's and a DEL's output nothing
    // is read.
    private static readonly Fault[] Faults =
    [
        new("fails at once", does => does.Fails(104, "broken"), ["ADD", "CHECK", "DEL"]),
        new(
            "fails when all is done",
            does => does.Does($"{Real} >/dev/null").Fails(104, "broken"),
            ["ADD", "CHECK", "DEL"]
        ),
        new("hangs when all is done", does => does.Does($"{Real} >/dev/null").Hangs(), ["ADD", "CHECK", "DEL"]),
        new("talks nonsense", does => does.Does($"{Real} >/dev/null").Answers("]["), ["ADD"]),
        new(
            "answers in a version that is none",
            does => does.Does($"{Real} >/dev/null").Answers("""{"cniVersion":"9.9.9"}"""),
            ["ADD"]
        ),
        new("floods", does => does.Does($"{Real} >/dev/null").AnswersBytes(100 << 20), ["ADD", "CHECK", "DEL"]),
        new(
            "does nothing and says that all is well",
            does => does.Does("[ $CNI_COMMAND != ADD ] || say_result ''"),
            []
        ),
    ];

    [PluginTheory("bridge", "host-local")]
    [InlineData("parallel")]
    [InlineData("sequential")]
    public async Task Whatever_a_delegate_does_nothing_is_left_of_it(string mode)
    {
        SteeredPlugin[] plugins = [.. Enumerable.Range(0, 3).Select(i => Well(Node.Steered($"delegate{i}")))];
        Node.With("attachMode", mode).With("clusterNetwork", Node.ClusterNetwork(Network(0)));
        foreach (var i in new[] { 1, 2 })
            Node.Manifests.Network($"network{i}", Network(i));
        Node.DelegateSeconds = 1;
        var pod = Node.Pod("network1,network2");
        await Node.Start();
        var before = State(pod);

        foreach (var (plugin, i) in plugins.Select((plugin, i) => (plugin, i)))
        {
            foreach (var fault in Faults)
            {
                await AtAdd(plugin, fault, pod, before, $"delegate {i} {fault.Name} at ADD, {mode}");
                await AtCheck(plugin, fault, pod, before, $"delegate {i} {fault.Name} at CHECK, {mode}");
                await AtDelete(plugin, fault, pod, before, $"delegate {i} {fault.Name} at DEL, {mode}");
            }
        }
    }

    private async Task AtAdd(SteeredPlugin plugin, Fault fault, TestPod pod, string before, string cell)
    {
        plugin.On("ADD", fault.Behaviour);
        var add = await Node.Add(pod);
        Well(plugin);
        Assert.True((add.ExitCode != 0) == fault.IsKnown("ADD"), $"{cell}: {add}");
        if (add.ExitCode == 0)
            (await Node.Del(pod)).Succeeded();

        Same(before, State(pod), cell);
    }

    private async Task AtCheck(SteeredPlugin plugin, Fault fault, TestPod pod, string before, string cell)
    {
        (await Node.Add(pod)).Succeeded();
        var attached = State(pod);
        plugin.On("CHECK", fault.Behaviour);
        var check = await Node.Check(pod);
        Well(plugin);
        Assert.True((check.ExitCode != 0) == fault.IsKnown("CHECK"), $"{cell}: {check}");
        Same(attached, State(pod), cell);

        (await Node.Del(pod)).Succeeded();
        Same(before, State(pod), $"{cell}, then DEL");
    }

    private async Task AtDelete(SteeredPlugin plugin, Fault fault, TestPod pod, string before, string cell)
    {
        (await Node.Add(pod)).Succeeded();
        plugin.On("DEL", fault.Behaviour);
        var del = await Node.Del(pod);
        Assert.True((del.ExitCode != 0) == (IsErrorToTheRuntime && fault.IsKnown("DEL")), $"{cell}: {del}");
        if (fault.IsKnown("DEL"))
            Assert.True(Node.Folders.PendingFiles().Count == 1, $"{cell}: it is to be repeated");
        else
            Assert.True(Node.Folders.CniFiles().Count == 0, $"{cell}: it is forgotten");
        Well(plugin);
        if (!fault.IsKnown("DEL") && State(pod) != before)
            Sweep(pod); // a lie that nobody can see through
        if (del.ExitCode != 0)
            (await Node.Del(pod)).Succeeded(); // as runtimes do

        await Wait.Until(
            $"{cell}: it is done and leaves this:\n{before}",
            () => State(pod) == before,
            () => State(pod)
        );
    }

    // With a daemon, a DEL that fails is kept and repeated by it; without, the runtime repeats it.
    private bool IsErrorToTheRuntime => Node.Flavour == Flavour.Thin;

    private static SteeredPlugin Well(SteeredPlugin plugin)
    {
        foreach (var verb in new[] { "ADD", "CHECK", "DEL" })
            plugin.On(verb, does => does.Does($"answered=1; {Real} || exit $?"));
        return plugin;
    }

    // Behind each a bridge of its own, made beforehand: see Node.Bridge.
    private string Network(int i)
    {
        Node.Bridge($"br{i}");
        return Node
            .Networks.Bridge($"network{i}", $"br{i}", $"10.{i + 1}.0.0/16")
            .Replace("\"type\":\"bridge\"", $"\"type\":\"delegate{i}\"", StringComparison.Ordinal);
    }

    private string State(TestPod pod) => $"{Node.Remains(pod)}\nroutes:\n{pod.Ip("route", "show", "table", "all")}";

    private void Sweep(TestPod pod)
    {
        foreach (var link in pod.Links())
            pod.Ip("link", "delete", link);
        foreach (var address in Node.Folders.Addresses())
            File.Delete(Path.Combine(Node.Folders.Ipam, address));
    }

    private static void Same(string expected, string found, string cell) =>
        Assert.True(expected == found, $"{cell}\nexpected:\n{expected}\nfound:\n{found}");

    private sealed record Fault(string Name, Action<SteeredBehaviour> Behaviour, string[] KnownAt)
    {
        public bool IsKnown(string verb) => KnownAt.Contains(verb);
    }
}

public sealed class ThickFaultMatrixTests(ITestOutputHelper output) : FaultMatrixTests(output, Flavour.Thick);

public sealed class ThinFaultMatrixTests(ITestOutputHelper output) : FaultMatrixTests(output, Flavour.Thin);
