using Multus.Actors.Health;
using Multus.Actors.Netlink;
using Multus.Actors.StaleSandboxes;
using Multus.Actors.Tests.Sandboxes;
using Multus.Cni;
using Multus.Engine.Requests;
using Multus.Kubernetes;
using Multus.Kubernetes.Runtimes;

namespace Multus.Actors.Tests.StaleSandboxes;

public class StaleSandboxesActorTests : SandboxFixture
{
    private readonly FakeRuntime _runtime = new();

    [Fact]
    public async Task A_sandbox_whose_namespace_is_gone_and_which_the_runtime_does_not_list_is_detached_after_the_grace_time()
    {
        var sandboxes = await Vanished("c1", "c2");
        _runtime.Listed = ["c2"];

        await Eventually.Holds(Start(sandboxes, TimeSpan.Zero), "detached", 1);

        Assert.Equal(["c2", "results/cluster-c2-eth0", "results/second-c2-net1", "results/third-c2-net2"], Kept);
    }

    [Fact]
    public async Task Before_the_grace_time_is_over_it_is_noted_and_nothing_else()
    {
        var sandboxes = await Vanished("c1");
        Plugins.Calls.Clear();

        await Eventually.Holds(Start(sandboxes, Patience), "noted", 1);

        Assert.Empty(Plugins.Calls);
    }

    [Fact]
    public async Task One_whose_namespace_is_there_is_not_touched_whatever_the_runtime_says()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        Plugins.Calls.Clear();
        var stale = Start(sandboxes, TimeSpan.Zero);

        await Eventually.Holds(stale, "looks", 1);

        Assert.Empty(Plugins.Calls);
        Assert.Equal(0, await Figure(stale, "noted"));
    }

    [Fact]
    public async Task Where_there_should_be_a_runtime_and_there_is_none_to_ask_only_what_an_earlier_start_of_the_machine_left_is_detached()
    {
        var sandboxes = await Vanished("c1", "c2");
        var record = Path.Combine(CniDir, "c2");
        await File.WriteAllTextAsync(
            record,
            (await File.ReadAllTextAsync(record)).Replace(
                Multus.Linux.Namespaces.Boot.Id!,
                "another",
                StringComparison.Ordinal
            )
        );
        _runtime.Listed = null;

        await Eventually.Holds(Start(sandboxes, TimeSpan.Zero, needsRuntime: true), "detached", 1);

        Assert.Equal("c1", Kept[0]);
        Assert.DoesNotContain("c2", Kept);
    }

    [Fact]
    public async Task A_runtime_that_does_not_answer_has_nothing_detached_and_is_asked_again()
    {
        var sandboxes = await Vanished("c1");
        _runtime.Failures = 1;

        await Eventually.Holds(Start(sandboxes, TimeSpan.FromMilliseconds(1)), "detached", 1);

        Assert.True(_runtime.Asked >= 2);
    }

    [Fact]
    public async Task One_whose_DEL_is_stored_is_left_to_whoever_repeats_it()
    {
        var sandboxes = await Vanished("c1");
        PendingDeletes.Store("c1.eth0", () => Request());
        var stale = Start(sandboxes, TimeSpan.Zero);

        await Eventually.Holds(stale, "looks", 1);

        Assert.Equal(0, await Figure(stale, "noted"));
    }

    [Fact]
    public async Task A_detach_finds_another_attachment_on_record_than_was_meant_and_leaves_it()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        Plugins.Calls.Clear();

        var reply = await sandboxes.Ask<CniReply>(
            new CniRequest.Detach(Request(), StoredAs: null) { IsStillMeant = plan => plan.Boot == "another" },
            Patience
        );

        Assert.IsType<CniReply.Done>(reply);
        Assert.Empty(Plugins.Calls);
        Assert.Contains("c1", Kept);
    }

    private async Task<IActorRef> Vanished(params string[] ids)
    {
        var sandboxes = Sandboxes();
        foreach (var id in ids)
            await Attach(sandboxes, id);
        Netlink = _ => Gone();
        return sandboxes;
    }

    private static NetlinkProtocol.Reply.Failed Gone() =>
        new(new CniError(CniErrorCode.InvalidNetNs, "there is nothing"));

    private IActorRef Start(IActorRef sandboxes, TimeSpan grace, bool needsRuntime = false) =>
        Sys.ActorOf(
            StaleSandboxesActor.PropsFor(
                new StaleSandboxesSettings(
                    Patience,
                    grace,
                    needsRuntime,
                    _runtime,
                    Request().Configuration,
                    [Temp["bin"]]
                ),
                Engine(),
                sandboxes
            )
        );

    private static async Task<long> Figure(IActorRef stale, string name) =>
        (await stale.Ask<HealthProtocol.Figures>(new HealthProtocol.Report(), Patience))
            .Values.Single(figure => figure.Key == name)
            .Value;

    private static class Eventually
    {
        public static Task Holds(IActorRef stale, string figure, long value) =>
            Multus.TestSupport.Eventually.Holds(
                () => Figure(stale, figure).GetAwaiter().GetResult() >= value,
                $"{figure} is {value}"
            );
    }

    private sealed class FakeRuntime : IPodSandboxes
    {
        public string[]? Listed { get; set; } = [];

        public int Failures { get; set; }

        public int Asked { get; private set; }

        public Task<IReadOnlySet<string>?> ListAsync(CancellationToken cancel)
        {
            Asked++;
            if (Failures-- > 0)
                throw new KubernetesException("no answer", isTransient: true);
            return Task.FromResult<IReadOnlySet<string>?>(Listed?.ToHashSet(StringComparer.Ordinal));
        }
    }
}
