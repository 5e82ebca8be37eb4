using Multus.Kubernetes.Api.Watching;

namespace Multus.Kubernetes.Tests.Api.Watching;

public sealed class RetryPaceTests
{
    private static readonly TimeSpan Min = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Max = TimeSpan.FromSeconds(30);

    [Fact]
    public void The_longest_wait_doubles_up_to_the_most_and_each_is_anything_up_to_it()
    {
        var pace = new RetryPace(Min, Max, new Random(7));
        for (var failures = 1; failures < 200; failures++)
        {
            var most = Math.Min(0.5 * Math.Pow(2, failures - 1), 30);
            Assert.InRange(pace.After(failures).TotalSeconds, most * 0.1, most);
        }
    }

    [Fact]
    public void Ten_thousand_nodes_that_wait_at_once_come_back_evenly_over_the_time()
    {
        var most = TimeSpan.FromSeconds(1.5);
        var tenths = Enumerable
            .Range(0, 10_000)
            .Select(seed => (int)(new RetryPace(Min, most, new Random(seed)).After(9) / most * 10))
            .CountBy(tenth => tenth);

        Assert.All(tenths, tenth => Assert.InRange(tenth.Value, 900, 1400)); // of nine tenths each has a ninth
        Assert.Equal(9, tenths.Count());
    }

    [Fact]
    public void Two_nodes_do_not_wait_the_same_time() =>
        Assert.NotEqual(
            new RetryPace(Min, Max, new Random(1)).After(3),
            new RetryPace(Min, Max, new Random(2)).After(3)
        );

    [Fact]
    public void The_same_seed_waits_the_same_time() =>
        Assert.Equal(new RetryPace(Min, Max, new Random(1)).After(3), new RetryPace(Min, Max, new Random(1)).After(3));
}
