using Multus.Kubernetes.Api.Watching;

namespace Multus.Kubernetes.Tests.Api.Watching;

public sealed class RetryPaceTests
{
    private static readonly TimeSpan Min = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Max = TimeSpan.FromSeconds(30);

    [Fact]
    public void Waits_double_up_to_the_most_give_or_take_half()
    {
        var pace = new RetryPace(Min, Max, new Random(7));
        for (var failures = 1; failures < 200; failures++)
        {
            var middle = Math.Min(0.5 * Math.Pow(2, failures - 1), 30);
            Assert.InRange(pace.After(failures).TotalSeconds, middle * 0.5, middle * 1.5);
        }
    }

    [Fact]
    public void Two_nodes_do_not_wait_the_same_time() =>
        Assert.NotEqual(new RetryPace(Min, Max, new Random(1)).After(3), new RetryPace(Min, Max, new Random(2)).After(3));

    [Fact]
    public void The_same_seed_waits_the_same_time() =>
        Assert.Equal(new RetryPace(Min, Max, new Random(1)).After(3), new RetryPace(Min, Max, new Random(1)).After(3));
}
