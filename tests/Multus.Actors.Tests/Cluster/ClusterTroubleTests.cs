using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using Multus.Actors.Cluster;
using Multus.Actors.Tests.Fakes;
using Multus.TestSupport;

namespace Multus.Actors.Tests.Cluster;

/// <summary>Several who notice the same thing at the same time.</summary>
public class ClusterTroubleTests
{
    private const int Threads = 8;
    private const int Times = 2000;

    private readonly CountedTime _time = new();
    private readonly MemoryLog _log = new();
    private readonly ClusterTrouble _trouble;

    public ClusterTroubleTests() => _trouble = new ClusterTrouble("the cluster", _time, _log);

    [Fact]
    public async Task Of_many_who_fail_at_once_one_says_it_and_each_is_counted()
    {
        await AtOnceAsync(_ => _trouble.Note("gone"));
        Assert.Contains("gone", Assert.Single(_log.Lines), StringComparison.Ordinal);
        Assert.True(_trouble.IsOn);

        await AtOnceAsync(_ => _trouble.Answered());

        Assert.Equal(2, _log.Lines.Count);
        Assert.False(_trouble.IsOn);
        var count = (Threads * Times).ToString(CultureInfo.InvariantCulture);
        Assert.Contains(count, _log.Lines.Last(), StringComparison.Ordinal);
    }

    /// <summary>The clock stands still: no second outage is news within the pause.</summary>
    [Fact]
    public async Task Of_many_who_fail_and_are_answered_at_once_the_first_outage_is_said_and_its_end()
    {
        await AtOnceAsync(time =>
        {
            if (time % 2 == 0)
                _trouble.Note("gone");
            else
                _trouble.Answered();
        });
        _trouble.Answered();

        Assert.Single(_log.Lines, line => line.Contains("does not answer", StringComparison.Ordinal));
        Assert.Single(_log.Lines, line => line.Contains("answers again", StringComparison.Ordinal));
    }

    private static async Task AtOnceAsync(Action<int> act)
    {
        using var start = new Barrier(Threads);
        var threads = Enumerable
            .Range(0, Threads)
            .Select(_ =>
                Task.Factory.StartNew(
                    () =>
                    {
                        start.SignalAndWait();
                        for (var time = 0; time < Times; time++)
                            act(time);
                    },
                    CancellationToken.None,
                    TaskCreationOptions.LongRunning,
                    TaskScheduler.Default
                )
            );
        await Task.WhenAll(threads.ToList());
    }
}
