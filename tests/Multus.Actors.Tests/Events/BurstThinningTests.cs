using Multus.Actors.Events;

namespace Multus.Actors.Tests.Events;

public sealed class BurstThinningTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly BurstThinning _thinning = new(3, TimeSpan.FromSeconds(1));

    [Fact]
    public void The_first_are_posted_and_then_one_a_second_which_counts_the_others()
    {
        Assert.Equal([0, 0, 0, null, null], Enumerable.Range(0, 5).Select(_ => _thinning.Note(Start)));
        Assert.Null(_thinning.Note(Start.AddMilliseconds(999)));

        Assert.Equal(3, _thinning.Note(Start.AddSeconds(1)));
        Assert.Null(_thinning.Note(Start.AddSeconds(1)));
        Assert.Equal(1, _thinning.Note(Start.AddSeconds(2)));
    }

    [Fact]
    public void After_a_pause_there_is_room_for_a_burst_again_and_for_no_more()
    {
        for (var i = 0; i < 10; i++)
            _thinning.Note(Start);

        var later = Start.AddHours(1);

        Assert.Equal([7, 0, 0, null], Enumerable.Range(0, 4).Select(_ => _thinning.Note(later)));
    }

    [Fact]
    public void A_clock_that_goes_back_makes_no_room()
    {
        for (var i = 0; i < 3; i++)
            _thinning.Note(Start);

        Assert.Null(_thinning.Note(Start.AddHours(-1)));
        Assert.Null(_thinning.Note(Start.AddHours(-1).AddMilliseconds(500)));
    }
}
