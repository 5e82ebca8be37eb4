using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Delegates;

/// <summary>
/// The second of a pod's three networks fails in every way there is: the runtime gets a clear error, nothing of the pod
/// is left, and the pod beside it, attached at the same time, does not notice.
/// </summary>
public abstract class SickDelegateTests(ITestOutputHelper output, Flavour flavour) : NodeTest(output, flavour)
{
    private const string Where = "ADD of network default/sick-net, interface net1: plugin sick: ";

    [PluginFact("bridge", "host-local")]
    public async Task A_delegate_that_hangs_is_killed_with_its_children()
    {
        Node.DelegateSeconds = 3;
        var sick = await FailsWith(does => does.Hangs(), 11, $"{Where}did not finish ADD within 3 s and was killed");

        var child = sick.Calls.Single(call => call.Command == "ADD").ChildPid;
        Assert.NotNull(child);
        await Wait.Until("the plugin's child is dead", () => !Directory.Exists($"/proc/{child}"));
    }

    [PluginFact("bridge", "host-local")]
    public Task A_delegate_that_crashes_is_said_to_have_been_ended_by_its_signal() =>
        FailsWith(
            does => does.Crashes(11),
            999,
            $"{Where}netplugin failed with no error message: signal: segmentation fault"
        );

    [PluginFact("bridge", "host-local")]
    public Task A_delegate_that_prints_garbage_is_said_to_have_done_so() =>
        FailsWith(does => does.Answers("all is well!"), 6, $"{Where}failed to unmarshal raw result");

    [PluginFact("bridge", "host-local")]
    public Task A_delegate_that_prints_100_MB_is_killed() =>
        FailsWith(
            does => does.AnswersBytes(100_000_000),
            6,
            $"{Where}printed more than 1048576 bytes during ADD and was killed"
        );

    [PluginFact("bridge", "host-local")]
    public Task A_delegate_that_fails_with_an_error_object_passes_on_code_and_message() =>
        FailsWith(
            does => does.Fails(104, "no addresses left", "pool blue"),
            104,
            $"{Where}no addresses left",
            "pool blue"
        );

    [PluginFact("bridge", "host-local")]
    public Task A_delegate_that_fails_with_words_on_stderr_passes_them_on() =>
        FailsWith(
            does => does.Complains("modprobe: no such module").Exits(3),
            999,
            $"{Where}netplugin failed: \"modprobe: no such module\""
        );

    [PluginFact("bridge", "host-local")]
    public Task A_delegate_that_fails_in_silence_is_named_with_its_exit_status() =>
        FailsWith(does => does.Exits(3), 999, $"{Where}netplugin failed with no error message: exit status 3");

    [PluginFact("bridge", "host-local")]
    public Task A_delegate_that_fails_with_garbage_on_stdout_has_it_quoted() =>
        FailsWith(
            does => does.Answers("Segfault in libfoo").Exits(2),
            999,
            $"{Where}netplugin failed but error parsing its diagnostic message \"Segfault in libfoo\""
        );

    [PluginFact("bridge", "host-local")]
    public async Task A_roll_back_that_fails_stays_on_record_until_the_DEL_that_works()
    {
        var sick = Sick(does => does.Fails(104, "no addresses left"));
        sick.On("DEL", does => does.Fails(11, "the switch does not answer"));
        var pod = PodOfThreeNetworks();
        var before = Node.Remains(pod);
        await Node.Start();
        Assert.Equal(104u, (await Node.Add(pod)).Error().Code);
        Assert.Empty(pod.Links());
        Assert.Contains(pod.Sandbox, Node.Folders.CniFiles());

        sick.Forget("DEL");
        (await Node.Del(pod)).Succeeded();

        Assert.Equal(before, Node.Remains(pod));
    }

    private async Task<SteeredPlugin> FailsWith(
        Action<SteeredBehaviour> behaviour,
        uint code,
        string message,
        string details = ""
    )
    {
        var sick = Sick(behaviour);
        var pod = PodOfThreeNetworks();
        var beside = Node.Pod("bridge-conf", "beside");
        Node.Bridge("cni0");
        Node.Bridge("mynet0");
        var before = Node.Remains(pod);
        await Node.Start();

        var addBeside = Node.Add(beside);
        var error = (await Node.Add(pod)).Error();

        Assert.True(
            error.Message.StartsWith(message, StringComparison.Ordinal),
            $"expected:\n{message}\nfound:\n{error.Message}"
        );
        Assert.Equal(code, error.Code);
        Assert.Contains(details, error.Details, StringComparison.Ordinal);
        (await addBeside).Succeeded();
        Assert.Equal(["eth0", "net1"], beside.Links());
        (await Node.Check(beside)).Succeeded();
        (await Node.Del(beside)).Succeeded();
        Assert.Equal(before, Node.Remains(pod));
        Assert.Equal(["ADD", "DEL"], sick.Calls.Select(call => call.Command)); // it may have made something before it failed
        return sick;
    }

    private SteeredPlugin Sick(Action<SteeredBehaviour> behaviour) => Node.Steered("sick").On("ADD", behaviour);

    private TestPod PodOfThreeNetworks()
    {
        Node.Manifests.Network("sick-net", Networks.Steered("sick-net", "sick"));
        Node.Manifests.Network("bridge-conf", Node.Networks.Bridge("mynet", "mynet0", "10.10.0.0/16"));
        return Node.Pod("sick-net,bridge-conf");
    }
}

public sealed class ThickSickDelegateTests(ITestOutputHelper output) : SickDelegateTests(output, Flavour.Thick);

public sealed class ThinSickDelegateTests(ITestOutputHelper output) : SickDelegateTests(output, Flavour.Thin);
