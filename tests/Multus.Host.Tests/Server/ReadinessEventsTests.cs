using Multus.Host.Server;
using Multus.TestSupport;

namespace Multus.Host.Tests.Server;

public sealed class ReadinessEventsTests
{
    private readonly CountedTime _time = new();
    private readonly List<(string Reason, string Words)> _told = [];
    private readonly ReadinessEvents _events;

    public ReadinessEventsTests() =>
        _events = new ReadinessEvents((reason, words) => _told.Add((reason, words)), _time);

    [Fact]
    public void A_start_that_takes_a_moment_is_not_worth_a_word()
    {
        _events.Note(["it waits for cluster"]);
        _time.Advance(ReadinessEvents.Patience / 2);
        _events.Note(["it waits for cluster"]);
        _events.Note([]);
        _time.Advance(ReadinessEvents.Patience);
        _events.Note(["it waits for cluster"]);

        Assert.Empty(_told);
    }

    [Fact]
    public void What_lasts_is_said_once_with_its_reasons_and_so_is_its_end()
    {
        for (var i = 0; i < 30; i++)
        {
            _events.Note(["it waits for cluster", "00-multus.conf is missing"]);
            _time.Advance(TimeSpan.FromSeconds(5));
        }

        var told = Assert.Single(_told);
        Assert.Equal("NodeCannotAttach", told.Reason);
        Assert.Contains("it waits for cluster; 00-multus.conf is missing", told.Words, StringComparison.Ordinal);

        _events.Note([]);
        _events.Note([]);

        Assert.Equal(["NodeCannotAttach", "NodeCanAttach"], _told.Select(told => told.Reason));
    }
}
