using Xunit.Sdk;

namespace Multus.ActorContract.Tests;

/// <summary>A kit whose expectations cannot fail tests nothing: these are the cases in which each must.</summary>
public class TestKitTests : ContractSpec
{
    [Fact]
    public void An_expected_message_that_does_not_come_fails() =>
        Assert.ThrowsAny<XunitException>(() => ExpectMsg<string>(TimeSpan.FromMilliseconds(20)));

    [Fact]
    public async Task An_expected_message_of_another_type_value_or_shape_fails()
    {
        TestActor.Tell(1);
        Assert.ThrowsAny<XunitException>(() => ExpectMsg<string>(Patience));
        TestActor.Tell("a");
        Assert.ThrowsAny<XunitException>(() => ExpectMsg("b", Patience));
        TestActor.Tell("a");
        Assert.ThrowsAny<XunitException>(() => ExpectMsg<string>(text => text.Length > 3, Patience));
        TestActor.Tell("a");
        await Assert.ThrowsAnyAsync<XunitException>(async () => await ExpectMsgAsync("b", Patience));
        TestActor.Tell("a");
        Assert.ThrowsAny<XunitException>(() => ExpectMsgAnyOf<string>(["b", "c"]));
    }

    [Fact]
    public async Task A_message_fails_the_expectation_of_none()
    {
        TestActor.Tell("there");
        Assert.ThrowsAny<XunitException>(() => ExpectNoMsg(Moment));
        TestActor.Tell("there");
        await Assert.ThrowsAnyAsync<XunitException>(async () => await ExpectNoMsgAsync(Moment));
    }

    [Fact]
    public async Task The_end_of_another_actor_or_of_none_fails_the_expectation_of_an_end()
    {
        var (one, other) = (Sys.ActorOf(Props.Create(() => new Echo())), Sys.ActorOf(Props.Create(() => new Echo())));
        Watch(one);
        Sys.Stop(one);

        await Assert.ThrowsAnyAsync<XunitException>(async () => await ExpectTerminatedAsync(other, Patience));
        Assert.ThrowsAny<XunitException>(() => ExpectTerminated(other, TimeSpan.FromMilliseconds(20)));
    }

    [Fact]
    public void Fishing_drops_what_does_not_fit_and_fails_when_nothing_does()
    {
        foreach (var number in new[] { 1, 2, 3, 4 })
            TestActor.Tell(number);

        Assert.Equal(3, FishForMessage<int>(number => number == 3, Patience));
        Assert.ThrowsAny<XunitException>(() => FishForMessage(message => message is "never", TimeSpan.FromMilliseconds(20)));
        Assert.False(HasMessages);
    }

    [Fact]
    public void Receiving_several_fails_when_one_is_missing()
    {
        TestActor.Tell(1);
        TestActor.Tell(2);
        Assert.Equal([1, 2], ReceiveN(2, Patience));

        TestActor.Tell(3);
        Assert.ThrowsAny<XunitException>(() => ReceiveN(2, TimeSpan.FromMilliseconds(20)));
    }

    [Fact]
    public void Any_and_all_of_several_are_recognised()
    {
        TestActor.Tell("b");
        Assert.Equal("b", ExpectMsgAnyOf<string>(["a", "b"]));

        TestActor.Tell("y");
        TestActor.Tell("x");
        ExpectMsgAllOf<string>(["x", "y"]);
    }

    [Fact]
    public async Task An_assertion_is_tried_until_it_passes_and_fails_with_its_own_failure()
    {
        var tries = 0;
        AwaitAssert(() => Assert.True(++tries > 3), Patience);
        Assert.Equal(4, tries);

        await Assert.ThrowsAsync<BoomException>(() => AwaitAssertAsync(() => throw new BoomException("mine"), TimeSpan.FromMilliseconds(30)));
        await Assert.ThrowsAnyAsync<XunitException>(() => AwaitConditionAsync(() => Task.FromResult(false), TimeSpan.FromMilliseconds(30)));
    }

    [Fact]
    public void A_block_that_takes_too_long_or_not_long_enough_fails()
    {
        Assert.ThrowsAny<XunitException>(() => Within(TimeSpan.FromMilliseconds(10), () =>
        {
            var clock = System.Diagnostics.Stopwatch.StartNew();
            SpinWait.SpinUntil(() => clock.ElapsedMilliseconds > 40);
        }));
        Assert.ThrowsAny<XunitException>(() => Within(TimeSpan.FromSeconds(1), Patience, () => { }));
        Within(Patience, () => Assert.InRange(Remaining, TimeSpan.FromTicks(1), Patience));
    }

    [Fact]
    public async Task A_filter_fails_for_fewer_and_for_more_events_than_expected()
    {
        await Assert.ThrowsAnyAsync<XunitException>(() =>
            EventFilter.Warning("w").ExpectOneAsync(TimeSpan.FromMilliseconds(30), () => Task.CompletedTask));
        Assert.ThrowsAny<XunitException>(() => EventFilter.Warning("w").ExpectOne(() =>
        {
            Sys.Log.Warning("w");
            Sys.Log.Warning("w");
        }));
        EventFilter.Warning(contains: "expected").ExpectOne(() => Sys.Log.Warning("as expected"));
    }

    [Fact]
    public async Task A_filter_sees_dead_letters_and_errors_by_their_cause()
    {
        await EventFilter.DeadLetter<string>().ExpectOneAsync(() =>
        {
            Sys.DeadLetters.Tell("lost");
            return Task.CompletedTask;
        });
        EventFilter.Exception<BoomException>("cause").ExpectOne(() => Sys.Log.Error(new BoomException("cause"), "text"));
    }

    [Fact]
    public void A_probe_tells_answers_and_forwards()
    {
        var probe = CreateTestProbe("named");
        var echo = Sys.ActorOf(Props.Create(() => new Echo()));

        probe.Send(echo, "hello");
        probe.ExpectMsg("hello", Patience);
        Assert.Equal(echo, probe.Sender);

        probe.Ref.Tell("question", TestActor);
        probe.ExpectMsg("question", Patience);
        probe.Reply("answer");
        ExpectMsg("answer", Patience);
        probe.Forward(TestActor);
        ExpectMsg("question", Patience);
        Assert.Equal(TestActor, LastSender);
    }

    [Fact]
    public void Ignored_messages_are_not_queued()
    {
        IgnoreMessages<int>();
        TestActor.Tell(1);
        TestActor.Tell("text");

        ExpectMsg("text", Patience);
    }

    [Fact]
    public async Task The_test_actor_is_the_implicit_sender_also_after_an_await()
    {
        var echo = Sys.ActorOf(Props.Create(() => new Echo()));
        await Task.Yield();

        echo.Tell("still me");

        await ExpectMsgAsync("still me", Patience);
    }

    [Fact]
    public void An_auto_pilot_answers_until_it_says_otherwise()
    {
        var probe = CreateTestProbe();
        probe.SetAutoPilot(new DelegateAutoPilot((sender, message) =>
        {
            sender.Tell($"auto {message}", ActorRefs.NoSender);
            return message is "last" ? AutoPilot.NoAutoPilot : AutoPilot.KeepRunning;
        }));

        foreach (var message in new[] { "first", "last", "none" })
            probe.Ref.Tell(message, TestActor);

        ExpectMsg("auto first", Patience);
        ExpectMsg("auto last", Patience);
        ExpectNoMsg(Moment);
    }
}

public class DilatedTimeTests() : ContractSpec("akka.test.timefactor = 3")
{
    [Fact]
    public void The_time_factor_stretches_what_a_test_states()
    {
        Assert.Equal(TimeSpan.FromSeconds(3), Dilated(TimeSpan.FromSeconds(1)));
        Assert.Equal(TimeSpan.FromSeconds(9), RemainingOrDefault);
    }
}
