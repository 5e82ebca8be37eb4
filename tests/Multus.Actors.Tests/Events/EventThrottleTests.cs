using Multus.Actors.Events;
using Multus.Core.Pods;

namespace Multus.Actors.Tests.Events;

public class EventThrottleTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly PodKey Pod = new("ns", "pod");

    private readonly EventThrottle _book = new(maxPods: 2);

    [Fact]
    public void Fifty_failures_of_one_kind_are_said_at_the_first_and_the_tenth_time()
    {
        var said = Enumerable
            .Range(0, 50)
            .Select(second => _book.Note(Pod, "u1", "same", Start.AddSeconds(second)))
            .Where(seen => seen is not null);

        Assert.Equal([(Start, 1), (Start, 10)], said.Select(seen => seen!.Value));
    }

    [Fact]
    public void Each_of_four_different_failures_is_said() =>
        Assert.Equal(
            4,
            Enumerable.Range(0, 40).Count(i => _book.Note(Pod, "u1", $"kind {i % 4}", Start) is { Count: 1 })
        );

    [Fact]
    public void Fifty_failures_of_many_kinds_are_said_ten_times() =>
        Assert.Equal(10, Enumerable.Range(0, 50).Count(i => _book.Note(Pod, "u1", $"kind {i}", Start) is not null));

    [Fact]
    public void Of_failures_that_take_turns_three_repeats_are_said() =>
        Assert.Equal(
            5 + 3,
            Enumerable.Range(0, 500).Count(i => _book.Note(Pod, "u1", $"kind {i % 5}", Start) is not null)
        );

    [Fact]
    public void After_an_hour_when_the_cluster_has_forgotten_it_is_said_again()
    {
        _book.Note(Pod, "u1", "same", Start);
        Assert.Null(_book.Note(Pod, "u1", "same", Start.AddMinutes(59)));

        Assert.Equal((Start.AddMinutes(60), 1), _book.Note(Pod, "u1", "same", Start.AddMinutes(60)));
    }

    [Fact]
    public void A_pod_that_was_well_meanwhile_has_a_new_failure()
    {
        _book.Note(Pod, "u1", "same", Start);
        _book.Forget(Pod, "u1");

        Assert.Equal((Start, 1), _book.Note(Pod, "u1", "same", Start));
    }

    [Fact]
    public void Another_pod_of_the_same_name_has_its_own_failures()
    {
        _book.Note(Pod, "u1", "same", Start);

        Assert.NotNull(_book.Note(Pod, "u2", "same", Start));
    }

    [Fact]
    public void It_remembers_no_more_pods_than_it_may()
    {
        for (var i = 0; i < 10; i++)
            _book.Note(new PodKey("ns", $"pod-{i}"), "", "same", Start.AddSeconds(i));

        Assert.Equal(2, _book.Pods);
        Assert.Null(_book.Note(new PodKey("ns", "pod-9"), "", "same", Start.AddSeconds(10)));
    }
}
