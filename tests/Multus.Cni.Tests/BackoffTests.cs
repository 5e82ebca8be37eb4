namespace Multus.Cni.Tests;

public sealed class BackoffTests
{
    private static readonly Backoff Waits = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(30));

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(1, 0.5)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(6, 16)]
    [InlineData(7, 30)]
    [InlineData(int.MaxValue, 30)]
    public void Waits_double_from_the_first_to_the_last(int failures, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Waits.After(failures));

    [Fact]
    public void A_random_wait_is_a_tenth_of_the_whole_or_more_and_never_more_than_the_whole()
    {
        var random = new Random(7);
        for (var failures = 1; failures < 200; failures++)
        {
            var most = Waits.After(failures);
            Assert.InRange(Waits.After(failures, random), most * 0.1, most);
        }
    }

    [Fact]
    public void Ten_thousand_nodes_that_wait_at_once_come_back_evenly_over_the_time()
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(1.5));
        var tenths = Enumerable
            .Range(0, 10_000)
            .Select(seed => (int)(backoff.After(9, new Random(seed)) / backoff.Max * 10))
            .CountBy(tenth => tenth);

        Assert.All(tenths, tenth => Assert.InRange(tenth.Value, 900, 1400)); // of nine tenths each has a ninth
        Assert.Equal(9, tenths.Count());
    }

    [Fact]
    public void Two_nodes_do_not_wait_the_same_time() =>
        Assert.NotEqual(Waits.After(3, new Random(1)), Waits.After(3, new Random(2)));

    [Fact]
    public void The_same_seed_waits_the_same_time() =>
        Assert.Equal(Waits.After(3, new Random(1)), Waits.After(3, new Random(1)));
}
