using Multus.Actors.Annotations;
using Multus.Core.Pods;

namespace Multus.Actors.Tests.Annotations;

public class WriteQueueTests
{
    private static readonly PodKey Pod = new("ns", "pod");
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly PodKey Other = new("ns", "other");

    [Fact]
    public void One_pod_is_never_written_twice_at_once()
    {
        var queue = new WriteQueue<string, string>(maxInFlight: 8);
        queue.Want(Pod, "first", "a", Now);
        Start(queue);
        queue.Want(Pod, "second", "b", Now);

        Assert.Null(Start(queue));
        queue.Finish(Pod);
        Assert.Equal("second", Start(queue));
    }

    [Fact]
    public void Of_the_writes_that_wait_only_the_newest_is_made_and_all_waiters_get_its_answer()
    {
        var queue = new WriteQueue<string, string>(maxInFlight: 8);
        queue.Want(Pod, "first", "a", Now);
        Start(queue);
        queue.Want(Pod, "second", "b", Now);
        queue.Want(Pod, "third", "c", Now);

        Assert.Equal(["a"], queue.Finish(Pod));
        Assert.Equal("third", Start(queue));
        Assert.Equal(["b", "c"], queue.Finish(Pod));
        Assert.Equal(0, queue.Pods);
    }

    [Fact]
    public void No_more_pods_are_written_at_once_than_allowed()
    {
        var queue = new WriteQueue<string, string>(maxInFlight: 1);
        queue.Want(Pod, "first", "a", Now);
        queue.Want(Other, "second", "b", Now);

        Assert.Equal("first", Start(queue));
        Assert.Null(Start(queue));
        queue.Finish(Pod);
        Assert.Equal("second", Start(queue));
    }

    [Fact]
    public void A_failed_write_waits_for_its_retry_and_is_then_made_again()
    {
        var queue = new WriteQueue<string, string>(maxInFlight: 8);
        queue.Want(Pod, "first", "a", Now);
        Start(queue);

        Assert.Equal(1, queue.Fail(Pod, "first", "busy"));
        Assert.Null(Start(queue));
        queue.Retry(Pod);
        Assert.Equal("first", Start(queue));
    }

    [Fact]
    public void A_failed_write_gives_way_to_a_newer_one()
    {
        var queue = new WriteQueue<string, string>(maxInFlight: 8);
        queue.Want(Pod, "old", "a", Now);
        Start(queue);
        queue.Want(Pod, "new", "b", Now);
        queue.Fail(Pod, "old", "busy");
        queue.Retry(Pod);

        Assert.Equal("new", Start(queue));
    }

    [Fact]
    public void Failures_are_counted_in_a_row_and_forgotten_after_a_success()
    {
        var queue = new WriteQueue<string, string>(maxInFlight: 8);
        queue.Want(Pod, "x", "a", Now);
        Start(queue);
        queue.Fail(Pod, "x", "busy");
        queue.Retry(Pod);
        Start(queue);
        Assert.Equal(2, queue.Fail(Pod, "x", "busy"));
        queue.Retry(Pod);
        Start(queue);
        queue.Finish(Pod);
        queue.Want(Pod, "y", "b", Now);
        Start(queue);

        Assert.Equal(1, queue.Fail(Pod, "y", "busy"));
    }

    [Fact]
    public void A_retry_that_comes_while_a_newer_write_runs_starts_nothing()
    {
        var queue = new WriteQueue<string, string>(maxInFlight: 8);
        queue.Want(Pod, "old", "a", Now);
        Start(queue);
        queue.Fail(Pod, "old", "busy");
        queue.Want(Pod, "new", "b", Now);
        Assert.Equal("new", Start(queue));

        queue.Retry(Pod);
        Assert.Null(Start(queue));
    }

    [Fact]
    public void Who_waits_for_a_write_that_fails_waits_for_its_next_try()
    {
        var queue = new WriteQueue<string, string>(maxInFlight: 8);
        queue.Want(Pod, "first", "a", Now);
        Start(queue);
        queue.Want(Pod, "second", "b", Now);
        queue.Fail(Pod, "first", "busy");
        queue.Retry(Pod);
        Start(queue);

        Assert.Equal(["a", "b"], queue.Finish(Pod));
    }

    [Fact]
    public void Who_has_stopped_waiting_is_not_told_of_the_end()
    {
        var queue = new WriteQueue<string, string>(maxInFlight: 8);
        queue.Want(Pod, "first", "a", Now);
        Start(queue);
        queue.Want(Pod, "second", "b", Now);
        queue.Fail(Pod, "first", "busy");

        var (waiters, reason) = queue.StopWaiting(Pod);
        Assert.Equal(["a", "b"], waiters);
        Assert.Equal("busy", reason);
        queue.Retry(Pod);
        Assert.Equal("second", Start(queue));
        Assert.Empty(queue.Finish(Pod));
    }

    [Fact]
    public void The_oldest_is_since_when_a_pod_has_had_nothing_stored_that_it_wanted()
    {
        var queue = new WriteQueue<string, string>(maxInFlight: 8);
        Assert.Null(queue.Oldest);
        queue.Want(Pod, "first", "a", Now);
        Start(queue);
        queue.Want(Pod, "second", "b", Now.AddSeconds(5));
        Assert.Equal(Now, queue.Oldest);

        queue.Finish(Pod);
        Assert.Equal(Now.AddSeconds(5), queue.Oldest);
    }

    [Fact]
    public void A_write_that_is_held_starts_when_it_is_released()
    {
        var queue = new WriteQueue<string, string>(maxInFlight: 8);
        queue.Want(Pod, "first", "a", Now, isHeld: true);
        Assert.Null(Start(queue));
        Assert.Equal("first", queue.NewestOf(Pod));

        queue.Release(Pod);
        Assert.Equal("first", Start(queue));
    }

    [Fact]
    public void A_write_that_was_startable_is_not_once_a_newer_one_is_held()
    {
        var queue = new WriteQueue<string, string>(maxInFlight: 1);
        queue.Want(Other, "other", "o", Now);
        queue.Want(Pod, "first", "a", Now);
        Start(queue);
        queue.Want(Pod, "second", "b", Now, isHeld: true);
        queue.Finish(Other);
        Assert.Null(Start(queue));

        queue.Release(Pod);
        Assert.Equal("second", Start(queue));
        Assert.Null(Start(queue));
        Assert.Equal(["a", "b"], queue.Finish(Pod));
    }

    [Fact]
    public void What_is_held_while_another_write_of_the_pod_runs_waits_for_both()
    {
        var queue = new WriteQueue<string, string>(maxInFlight: 8);
        queue.Want(Pod, "first", "a", Now);
        Start(queue);
        queue.Want(Pod, "second", "b", Now, isHeld: true);
        queue.Finish(Pod);
        Assert.Null(Start(queue));
        queue.Release(Pod);
        Assert.Equal("second", Start(queue));

        queue.Want(Pod, "third", "c", Now, isHeld: true);
        queue.Release(Pod);
        Assert.Null(Start(queue));
        queue.Finish(Pod);
        Assert.Equal("third", Start(queue));
    }

    [Fact]
    public void Being_released_does_not_end_the_wait_after_a_failure()
    {
        var queue = new WriteQueue<string, string>(maxInFlight: 8);
        queue.Want(Pod, "first", "a", Now);
        Start(queue);
        queue.Want(Pod, "second", "b", Now, isHeld: true);
        queue.Fail(Pod, "first", "busy");

        queue.Release(Pod);
        Assert.Null(Start(queue));
        queue.Retry(Pod);
        Assert.Equal("second", Start(queue));
    }

    [Fact]
    public void The_end_of_the_wait_after_a_failure_does_not_start_what_is_held()
    {
        var queue = new WriteQueue<string, string>(maxInFlight: 8);
        queue.Want(Pod, "first", "a", Now);
        Start(queue);
        queue.Want(Pod, "second", "b", Now, isHeld: true);
        queue.Fail(Pod, "first", "busy");

        queue.Retry(Pod);
        Assert.Null(Start(queue));
        queue.Release(Pod);
        Assert.Equal("second", Start(queue));
    }

    private static string? Start(WriteQueue<string, string> queue) =>
        queue.TryStart(out _, out var write) ? write : null;
}
