using Multus.Actors.Annotations;
using Multus.Core.Pods;

namespace Multus.Actors.Tests.Annotations;

public class WriteQueueTests
{
    private static readonly PodKey Pod = new("ns", "pod");
    private static readonly PodKey Other = new("ns", "other");

    [Fact]
    public void One_pod_is_never_written_twice_at_once()
    {
        var queue = new WriteQueue<string, string>(maxInFlight: 8);
        queue.Want(Pod, "first", "a");
        Start(queue);
        queue.Want(Pod, "second", "b");

        Assert.Null(Start(queue));
        queue.Finish(Pod);
        Assert.Equal("second", Start(queue));
    }

    [Fact]
    public void Of_the_writes_that_wait_only_the_newest_is_made_and_all_waiters_get_its_answer()
    {
        var queue = new WriteQueue<string, string>(maxInFlight: 8);
        queue.Want(Pod, "first", "a");
        Start(queue);
        queue.Want(Pod, "second", "b");
        queue.Want(Pod, "third", "c");

        Assert.Equal(["a"], queue.Finish(Pod));
        Assert.Equal("third", Start(queue));
        Assert.Equal(["b", "c"], queue.Finish(Pod));
        Assert.Equal(0, queue.Pods);
    }

    [Fact]
    public void No_more_pods_are_written_at_once_than_allowed()
    {
        var queue = new WriteQueue<string, string>(maxInFlight: 1);
        queue.Want(Pod, "first", "a");
        queue.Want(Other, "second", "b");

        Assert.Equal("first", Start(queue));
        Assert.Null(Start(queue));
        queue.Finish(Pod);
        Assert.Equal("second", Start(queue));
    }

    [Fact]
    public void A_failed_write_waits_for_its_retry_and_is_then_made_again()
    {
        var queue = new WriteQueue<string, string>(maxInFlight: 8);
        queue.Want(Pod, "first", "a");
        Start(queue);

        var (waiters, failures) = queue.Fail(Pod, "first");
        Assert.Equal(["a"], waiters);
        Assert.Equal(1, failures);
        Assert.Null(Start(queue));
        queue.Retry(Pod);
        Assert.Equal("first", Start(queue));
    }

    [Fact]
    public void A_failed_write_gives_way_to_a_newer_one()
    {
        var queue = new WriteQueue<string, string>(maxInFlight: 8);
        queue.Want(Pod, "old", "a");
        Start(queue);
        queue.Want(Pod, "new", "b");
        queue.Fail(Pod, "old");
        queue.Retry(Pod);

        Assert.Equal("new", Start(queue));
    }

    [Fact]
    public void Failures_are_counted_in_a_row_and_forgotten_after_a_success()
    {
        var queue = new WriteQueue<string, string>(maxInFlight: 8);
        queue.Want(Pod, "x", "a");
        Start(queue);
        queue.Fail(Pod, "x");
        queue.Retry(Pod);
        Start(queue);
        Assert.Equal(2, queue.Fail(Pod, "x").Failures);
        queue.Retry(Pod);
        Start(queue);
        queue.Finish(Pod);
        queue.Want(Pod, "y", "b");
        Start(queue);

        Assert.Equal(1, queue.Fail(Pod, "y").Failures);
    }

    [Fact]
    public void A_retry_that_comes_while_a_newer_write_runs_starts_nothing()
    {
        var queue = new WriteQueue<string, string>(maxInFlight: 8);
        queue.Want(Pod, "old", "a");
        Start(queue);
        queue.Fail(Pod, "old");
        queue.Want(Pod, "new", "b");
        Assert.Equal("new", Start(queue));

        queue.Retry(Pod);
        Assert.Null(Start(queue));
    }

    private static string? Start(WriteQueue<string, string> queue) => queue.TryStart(out _, out var write) ? write : null;
}
