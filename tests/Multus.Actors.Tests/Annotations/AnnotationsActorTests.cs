using Microsoft.Extensions.Logging.Abstractions;
using Multus.Actors.Annotations;
using Multus.Actors.Configuration;
using Multus.Actors.Health;
using Multus.Actors.Tests.Fakes;
using Multus.Cni;
using Multus.Core.Pods;
using Multus.Kubernetes;
using static Multus.Actors.Annotations.AnnotationsProtocol;

namespace Multus.Actors.Tests.Annotations;

public class AnnotationsActorTests : TestKit
{
    private const string Key = "example.com/networks-status";
    private static readonly PodKey Pod = new("ns", "pod");
    private static readonly SandboxId Sandbox = SandboxId.Parse("c1");

    private readonly FakeCluster _cluster = new();

    [Fact]
    public async Task The_answer_comes_when_the_status_is_stored()
    {
        var answer = Annotations().Ask<Reply>(new Publish(Sandbox, Pod, "", Key, "[1]"), Patience);
        var write = _cluster.NextWrite();

        Assert.Equal((Key, "[1]"), (write.Annotation, write.Json));
        Assert.False(answer.IsCompleted);
        write.Succeed();
        Assert.IsType<Reply.Stored>(await answer);
    }

    [Fact]
    public async Task Statuses_that_come_while_one_is_written_are_one_write_of_the_newest()
    {
        var annotations = Annotations();
        var first = annotations.Ask<Reply>(new Publish(Sandbox, Pod, "", Key, "[1]"), Patience);
        var writing = _cluster.NextWrite();
        var second = annotations.Ask<Reply>(new Publish(Sandbox, Pod, "", Key, "[2]"), Patience);
        var third = annotations.Ask<Reply>(new Publish(Sandbox, Pod, "", Key, "[3]"), Patience);
        await annotations.Ask<ActorIdentity>(new Identify(null), Patience);
        writing.Succeed();
        await first;

        var newest = _cluster.NextWrite();
        Assert.Equal("[3]", newest.Json);
        newest.Succeed();
        Assert.IsType<Reply.Stored>(await second);
        Assert.IsType<Reply.Stored>(await third);
        Assert.False(_cluster.HasMoreWrites);
    }

    [Fact]
    public async Task A_write_that_fails_for_a_passing_reason_is_tried_again_while_its_sender_waits()
    {
        var answer = Annotations().Ask<Reply>(new Publish(Sandbox, Pod, "", Key, "[1]"), Patience);
        _cluster.NextWrite().Fail(new IOException("disk full"));

        var again = _cluster.NextWrite();
        Assert.Equal("[1]", again.Json);
        Assert.False(answer.IsCompleted);
        again.Succeed();
        Assert.IsType<Reply.Stored>(await answer);
    }

    [Fact]
    public async Task A_write_that_the_cluster_refuses_for_good_is_not_tried_again()
    {
        var annotations = Annotations();
        var answer = annotations.Ask<Reply>(new Publish(Sandbox, Pod, "", Key, "[1]"), Patience);
        _cluster.NextWrite().Fail(new KubernetesException("another pod", isTransient: false));

        Assert.Equal("another pod", Assert.IsType<Reply.Refused>(await answer).Reason);
        var next = annotations.Ask<Reply>(new Publish(Sandbox, Pod, "", Key, "[2]"), Patience);
        var write = _cluster.NextWrite();
        Assert.Equal("[2]", write.Json);
        write.Succeed();
        await next;
    }

    [Fact]
    public async Task A_gone_sandbox_does_not_take_back_the_status_of_a_newer_one()
    {
        var annotations = Annotations();
        var publish = annotations.Ask<Reply>(new Publish(SandboxId.Parse("new"), Pod, "", Key, "[1]"), Patience);
        _cluster.NextWrite().Succeed();
        await publish;

        Assert.IsType<Reply.Stored>(
            await annotations.Ask<Reply>(new Clear(SandboxId.Parse("old"), Pod, "", Key), Patience)
        );
        Assert.False(_cluster.HasMoreWrites);
    }

    [Fact]
    public async Task A_gone_sandbox_takes_its_own_status_back()
    {
        _cluster.IsFolder = true;
        var annotations = Annotations();
        var publish = annotations.Ask<Reply>(new Publish(Sandbox, Pod, "", Key, "[1]"), Patience);
        _cluster.NextWrite().Succeed();
        await publish;

        var clear = annotations.Ask<Reply>(new Clear(Sandbox, Pod, "", Key), Patience);
        var write = _cluster.NextWrite();
        Assert.Null(write.Json);
        write.Succeed();
        Assert.IsType<Reply.Stored>(await clear);
    }

    [Fact]
    public async Task A_gone_sandbox_leaves_a_status_of_another_that_is_still_to_be_written()
    {
        var annotations = Annotations();
        var publish = annotations.Ask<Reply>(new Publish(SandboxId.Parse("newer"), Pod, "", Key, "[1]"), Patience);
        var write = _cluster.NextWrite();

        Assert.IsType<Reply.Stored>(await annotations.Ask<Reply>(new Clear(Sandbox, Pod, "", Key), Patience));

        write.Succeed();
        Assert.IsType<Reply.Stored>(await publish);
        Assert.False(_cluster.HasMoreWrites);
    }

    [Fact]
    public async Task What_waits_to_be_written_for_a_gone_sandbox_is_dropped()
    {
        var annotations = Annotations();
        var first = annotations.Ask<Reply>(new Publish(Sandbox, Pod, "", Key, "[1]"), Patience);
        var write = _cluster.NextWrite();

        annotations.Tell(new Withdraw(Sandbox, Pod));
        write.Fail(new KubernetesException("busy", isTransient: true));

        Assert.IsType<Reply.Refused>(await first); // and is not tried again
        var report = await annotations.Ask<HealthProtocol.Figures>(new HealthProtocol.Report(), Patience);
        Assert.Equal(0, report.Values.ToDictionary()["queued"]);
        Assert.False(_cluster.HasMoreWrites);
    }

    [Fact]
    public async Task A_withdrawal_leaves_the_status_of_the_pod_s_other_sandbox()
    {
        var annotations = Annotations();
        var newer = annotations.Ask<Reply>(new Publish(SandboxId.Parse("newer"), Pod, "", Key, "[1]"), Patience);

        annotations.Tell(new Withdraw(Sandbox, Pod));
        _cluster.NextWrite().Succeed();

        Assert.IsType<Reply.Stored>(await newer);
    }

    [Fact]
    public async Task After_a_crash_of_its_own_the_writes_of_before_do_not_disturb_those_of_now()
    {
        var parent = Sys.ActorOf(Props.Create(() => new CountingParent()));
        var annotations = await parent.Ask<IActorRef>(PropsOf(), Patience);
        var before = Enumerable
            .Range(0, 4)
            .Select(i =>
                annotations.Ask<Reply>(new Publish(Sandbox, new PodKey("ns", $"pod-{i}"), "", Key, "[1]"), Patience)
            )
            .ToList();
        before.ForEach(_ => _cluster.NextWrite());

        annotations.Tell(Kill.Instance);
        Assert.All(await Task.WhenAll(before), reply => Assert.IsType<Reply.Queued>(reply));

        for (var i = 0; i < 10; i++)
        {
            var publish = annotations.Ask<Reply>(
                new Publish(Sandbox, new PodKey("ns", $"pod-{i}"), "", Key, "[2]"),
                Patience
            );
            _cluster.NextWrite().Succeed();
            Assert.IsType<Reply.Stored>(await publish);
        }

        var figures = await annotations.Ask<HealthProtocol.Figures>(new HealthProtocol.Report(), Patience);
        Assert.Equal(
            (10, 0, 0),
            (
                figures.Values.ToDictionary()["stored"],
                figures.Values.ToDictionary()["failed"],
                figures.Values.ToDictionary()["in_flight"]
            )
        );
        Assert.Equal(1, await parent.Ask<int>("crashes", Patience));
    }

    private IActorRef Annotations() => Sys.ActorOf(PropsOf());

    private Props PropsOf() =>
        AnnotationsActor.PropsFor(
            new AnnotationsSettings(
                4,
                Patience,
                Patience,
                new Backoff(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1))
            ),
            _cluster,
            null,
            TimeProvider.System,
            NullLogger.Instance
        );
}
