using Multus.Actors.Configuration;

namespace Multus.Actors.Tests.Configuration;

public class BackoffTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(6, 30)]
    [InlineData(1_000_000, 30)]
    public void Waits_double_from_the_first_to_the_last(int failures, double seconds) =>
        Assert.Equal(
            TimeSpan.FromSeconds(seconds),
            new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30)).After(failures)
        );
}
