using Multus.Cni;
using Multus.Engine.Activity;
using Multus.Engine.Ports;
using Multus.TestSupport;

namespace Multus.Engine.Tests.Activity;

public sealed class LastHourTests
{
    private readonly CountedTime _time = new();
    private readonly LastHour _hour;

    public LastHourTests() => _hour = new LastHour(_time);

    [Fact]
    public void What_ends_is_counted_in_the_stretch_in_which_it_ends()
    {
        Ended(CniCommand.Add, 40);
        Ended(CniCommand.Add, 60, failed: true);
        _time.Advance(LastHour.Stretch);
        Ended(CniCommand.Del, 5);
        Ended(CniCommand.Del, 5, failed: true);
        Ended(CniCommand.Check, 5);

        var stretches = _hour.Snapshot();

        Assert.Equal([0, 1], stretches.Select(stretch => stretch.Number));
        Assert.Equal((1, 1, 60), (stretches[0].Added, stretches[0].AddsFailed, stretches[0].Longest));
        Assert.Equal((1, 1), (stretches[1].Deleted, stretches[1].DeletesFailed));
        Assert.Equal((0, 0), (stretches[1].Longest, stretches[1].Median));
        Assert.Equal((1, 4), (_hour.Now, _hour.Ended));
    }

    [Fact]
    public void The_median_and_the_95th_percentile_are_between_the_bounds_of_what_they_are_of()
    {
        for (var i = 0; i < 90; i++)
            Ended(CniCommand.Add, 30);
        for (var i = 0; i < 10; i++)
            Ended(CniCommand.Add, 700);

        var stretch = Assert.Single(_hour.Snapshot());

        Assert.InRange(stretch.Median, 20, 50);
        Assert.InRange(stretch.P95, 500, 700);
        Assert.Equal(700, stretch.Longest);
    }

    [Fact]
    public void After_an_hour_it_is_forgotten_and_its_place_is_taken()
    {
        Ended(CniCommand.Add, 40_000);
        _time.Advance(LastHour.Stretch * (LastHour.Stretches - 1));
        Assert.Single(_hour.Snapshot());
        _time.Advance(LastHour.Stretch);
        Assert.Empty(_hour.Snapshot());

        Ended(CniCommand.Add, 3); // in the same place of the ring

        var stretch = Assert.Single(_hour.Snapshot());
        Assert.Equal((LastHour.Stretches, 1, 3), (stretch.Number, stretch.Added, stretch.Longest));
        Assert.InRange(stretch.P95, 2, 3);
    }

    [Fact]
    public void The_tracker_tells_it_of_each_operation_and_shows_the_steps_so_far()
    {
        var tracker = new OperationTracker(_time, _hour);
        var sandbox = SandboxId.Parse("c1");
        tracker.Report(new OperationPhase.Begun("r1", sandbox, CniCommand.Add, Requested.By("r1", "c1")));
        _time.Advance(TimeSpan.FromMilliseconds(20));
        tracker.Report(new OperationPhase.Planned("r1", sandbox, []));
        _time.Advance(TimeSpan.FromMilliseconds(10));

        Assert.Equal(
            [new StepView("planning", TimeSpan.Zero), new StepView("attaching", TimeSpan.FromMilliseconds(20))],
            tracker.Snapshot()[0].Steps.ToList()
        );
        tracker.Report(new OperationPhase.Done("r1", sandbox, null));
        tracker.Report(new OperationPhase.Done("r1", sandbox, null)); // it has ended once
        var stretch = Assert.Single(_hour.Snapshot());
        Assert.Equal((1, 30), (stretch.Added, stretch.Longest));
    }

    private void Ended(CniCommand verb, double milliseconds, bool failed = false) =>
        _hour.Count(verb, TimeSpan.FromMilliseconds(milliseconds), failed);
}
