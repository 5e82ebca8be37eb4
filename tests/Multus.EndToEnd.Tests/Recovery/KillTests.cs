using System.Globalization;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Recovery;

/// <summary>
/// SIGKILL of the daemon, or of the thin plugin, at every step of an ADD and of a DEL, of a roll-back and of a DEL that fails; then a restart
/// of the daemon and a DEL. Two bridges with host-local, and a steered plugin that makes a link of its own and can fail.
/// </summary>
/// <remarks>
/// MULTUS_KILL_SEED repeats the order of a run; how far a plugin gets before the kill is the scheduler's choice.
/// </remarks>
public abstract class KillTests : NodeTest
{
    /// <summary>How many at least.</summary>
    protected abstract int Rounds { get; }

    private int MostRounds => 2 * Rounds; // until every kind of step has been hit: which one is the n-th differs from time to time
    private const string MakeLink =
        "nsenter --net=\"$CNI_NETNS\" ip link add \"$CNI_IFNAME\" type veth peer name \"far$CNI_IFNAME\" && : >\"$state/link-$id\"";
    private const string RemoveLink =
        "nsenter --net=\"$CNI_NETNS\" ip link delete \"$CNI_IFNAME\" 2>/dev/null; : >\"$state/link-gone-$id\"";

    // The runtime's patience is over as soon as the daemon is gone.
    private static readonly ShimOptions NoPatience = new(WaitSeconds: 0);

    private static readonly string[] StepsToBeHit =
    [
        "record written",
        "record removed",
        "result written",
        "result removed",
        "address made",
        "address removed",
        "status written",
        "status removed",
        "plugin call made",
        "link made",
        "stored DEL written",
        "network memory written",
        "temporary file of record made",
        "temporary file of result made",
    ];

    private readonly ITestOutputHelper _output;
    private readonly SortedDictionary<Story, int> _lengths = [];

    protected KillTests(ITestOutputHelper output, Flavour flavour)
        : base(output, flavour) => _output = output;

    private enum Story
    {
        Add,
        Delete,
        RollBackThatFails,
        DeleteThatFails,
    }

    [PluginFact("bridge", "host-local")]
    public async Task Who_is_killed_at_any_step_leaves_nothing_after_a_DEL()
    {
        var seed = Environment.GetEnvironmentVariable("MULTUS_KILL_SEED") is { Length: > 0 } said
            ? int.Parse(said, CultureInfo.InvariantCulture)
            : Environment.TickCount;
        _output.WriteLine($"seed {seed}");
        var link = Node.Steered("linker");
        Node.Manifests.Network("second", Node.Networks.Bridge("second", "br-second", "10.10.0.0/16"));
        Node.Manifests.Network("linked", Networks.Steered("linked", link.Type));
        var pod = Node.Pod("second,linked");
        Node.Hocon = "multus.delegates.orphan-grace = 10s"; // plugins that are left alone end by themselves, on a busy machine not so soon
        await Node.Start();
        using var trigger = new KillTrigger(Node.Folders);
        var before = Node.Remains(pod);
        foreach (var story in Enum.GetValues<Story>())
            _lengths[story] = await Play(story, int.MaxValue, pod, link, trigger, before);

        var rounds = 0;
        foreach (var (story, nth) in Plan(new Random(seed)))
        {
            await Play(story, nth, pod, link, trigger, before);
            if (++rounds >= Rounds && (rounds >= MostRounds || !StepsToBeHit.Except(trigger.Hits.Keys).Any()))
                break;
        }

        _output.WriteLine($"{rounds} rounds");
        _output.WriteLine(string.Join('\n', trigger.Hits.Select(hit => $"{hit.Value, 4}  {hit.Key}")));
        Assert.Empty(StepsToBeHit.Except(trigger.Hits.Keys));
    }

    // Every step of every story in turn, shuffled. Never ends.
    private IEnumerable<(Story Story, int Nth)> Plan(Random random)
    {
        var steps = _lengths
            .SelectMany(story => Enumerable.Range(1, story.Value).Select(nth => (story.Key, nth)))
            .ToArray();
        while (true)
        {
            random.Shuffle(steps);
            foreach (var step in steps)
                yield return step;
        }
    }

    /// <returns>How many steps there were, if nobody was killed.</returns>
    private async Task<int> Play(
        Story story,
        int nth,
        TestPod pod,
        SteeredPlugin link,
        KillTrigger trigger,
        string before
    )
    {
        link.On("ADD", does => does.Does(MakeLink)).On("DEL", does => does.Does(RemoveLink));
        if (story is Story.Delete or Story.DeleteThatFails)
            (await Node.Add(pod)).Succeeded();
        if (story is Story.RollBackThatFails)
            link.On("ADD", does => does.Does(MakeLink).Fails(104, "the link is there, the switch is not"));
        if (story is Story.RollBackThatFails or Story.DeleteThatFails)
            link.On("DEL", does => does.Fails(104, "the switch does not answer"));

        foreach (var network in Node.Folders.NetworkFiles())
            File.Delete(Path.Combine(Node.Folders.CniDir, "networks", network)); // as on a node that has never had the network

        await trigger.Arm(nth, Node.KillNow);
        var run = story is Story.Add or Story.RollBackThatFails
            ? await Node.Add(pod, NoPatience)
            : await Node.Del(pod, NoPatience);
        var steps = await trigger.Disarm();
        if (Node.Flavour == Flavour.Thick)
            await Node.Daemon.Kill();
        link.On("DEL", does => does.Does(RemoveLink));
        await Node.Start();

        (await Node.Del(pod)).Succeeded();

        await Wait.Until(
            $"after {story}, killed at step {nth}, nothing is left but:\n{before}",
            () => Node.Remains(pod) == before,
            () => $"{Node.Remains(pod)}\nthe runtime got: {run}"
        );
        return steps;
    }
}

/// <summary>With a daemon, which starts again after each kill and carries out what is stored.</summary>
public sealed class ThickKillTests(ITestOutputHelper output) : KillTests(output, Flavour.Thick)
{
    protected override int Rounds => 200;
}

/// <summary>Without one: nobody but the runtime's DEL finds what a killed plugin has left.</summary>
public sealed class ThinKillTests(ITestOutputHelper output) : KillTests(output, Flavour.Thin)
{
    protected override int Rounds => 100;
}
