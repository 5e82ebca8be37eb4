using Multus.Actors.PendingDeletes;
using Multus.Engine.State;

namespace Multus.Actors.Tests.PendingDeletes;

public class DeleteQueueTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly DeleteQueue _queue = new(maxAtOnce: 2);

    [Fact]
    public void So_many_are_tried_at_once_and_the_oldest_first()
    {
        Note("a", "b", "c");

        Assert.Equal("a", _queue.TryStart()?.Name);
        var second = _queue.TryStart()!;
        Assert.Equal("b", second.Name);
        Assert.Null(_queue.TryStart());

        _queue.Drop(second);
        Assert.Equal("c", _queue.TryStart()?.Name);
    }

    [Fact]
    public void One_that_has_failed_is_not_tried_before_its_wait_is_over()
    {
        Note("a");
        _queue.Fail(_queue.TryStart()!);
        Note("a");
        Assert.Null(_queue.TryStart());

        _queue.Retry("a");

        Assert.Equal(("a", 1), _queue.TryStart() is { } again ? (again.Name, again.Failures) : default);
        _queue.Retry("a");
        Assert.Null(_queue.TryStart());
    }

    [Fact]
    public void What_is_gone_is_dropped_unless_its_sandbox_is_at_it()
    {
        Note("run", "read");
        var run = _queue.TryStart()!;
        var read = _queue.TryStart()!;
        DeleteQueue.Begin(run);
        Note("run", "read", "wait");

        Assert.Equal(["read", "wait"], Note().Order(StringComparer.Ordinal));
        Assert.Equal((true, false, 1, 2), (_queue.IsKnown(run), _queue.IsKnown(read), _queue.Count, _queue.Running));
        _queue.Drop(read);
        _queue.Drop(run);
        Assert.Equal((0, 0), (_queue.Count, _queue.Running));
    }

    [Fact]
    public void One_that_is_stored_anew_while_the_one_before_is_still_read_is_another()
    {
        Note("a");
        var before = _queue.TryStart()!;
        Note();
        Note("a");
        var after = _queue.TryStart()!;

        Assert.NotSame(before, after);
        _queue.Drop(before);

        Assert.Equal(
            (false, true, 1, 1),
            (_queue.IsKnown(before), _queue.IsKnown(after), _queue.Count, _queue.Running)
        );
    }

    [Fact]
    public void One_that_is_stored_again_is_as_old_as_it_was()
    {
        Assert.Null(_queue.Oldest);
        _queue.Note([new StoredDelete("a", Now), new StoredDelete("b", Now.AddSeconds(5))]);
        _queue.Note([new StoredDelete("a", Now.AddHours(1)), new StoredDelete("b", Now.AddSeconds(3))]);

        Assert.Equal(Now, _queue.Oldest);
        Note("b");
        Assert.Equal(Now, _queue.Oldest);
    }

    private IReadOnlyList<string> Note(params string[] names) =>
        _queue.Note([.. names.Select(name => new StoredDelete(name, Now))]);
}
