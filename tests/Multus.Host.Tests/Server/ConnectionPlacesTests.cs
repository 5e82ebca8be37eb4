using Multus.Host.Server;
using Multus.TestSupport;

namespace Multus.Host.Tests.Server;

public sealed class ConnectionPlacesTests
{
    private static readonly TimeSpan Courtesy = TimeSpan.FromSeconds(1);

    private readonly CountedTime _time = new();
    private readonly List<string> _closed = [];
    private readonly ConnectionPlaces _places;

    public ConnectionPlacesTests() => _places = new ConnectionPlaces(2, Courtesy, _time);

    [Fact]
    public async Task Who_finds_all_places_taken_waits_until_one_is_free()
    {
        var first = await TakeAsync("first");
        await TakeAsync("second");

        var third = TakeAsync("third");
        Assert.False(third.IsCompleted);
        first.Dispose();

        await Eventually.Holds(() => third.IsCompletedSuccessfully, "the third has a place");
        Assert.Empty(_closed);
    }

    [Fact]
    public async Task The_client_that_is_waited_for_longest_gives_its_place_up_when_its_time_is_over_and_others_wait()
    {
        var oldest = await TakeAsync("oldest");
        _time.Advance(Courtesy / 2);
        await TakeAsync("younger");

        var next = TakeAsync("next");
        Assert.Empty(_closed);
        _time.Advance(Courtesy / 2);

        await Eventually.Holds(() => _closed.Count > 0, "somebody is told to go");
        Assert.Equal(["oldest"], _closed);
        Assert.False(next.IsCompleted); // its descriptor is not closed yet
        oldest.Dispose();
        await Eventually.Holds(() => next.IsCompletedSuccessfully, "the next has a place");
    }

    [Fact]
    public async Task A_client_whose_request_is_here_is_never_told_to_go()
    {
        (await TakeAsync("served")).ClientWaits();
        var slow = await TakeAsync("slow");
        _time.Advance(10 * Courtesy);

        var next = TakeAsync("next");

        await Eventually.Holds(() => _closed.Count > 0, "somebody is told to go");
        Assert.Equal(["slow"], _closed);
        slow.Dispose();
        await Eventually.Holds(() => next.IsCompletedSuccessfully, "the next has a place");
    }

    [Fact]
    public async Task The_time_of_a_client_that_had_to_wait_for_the_daemon_begins_anew()
    {
        var patient = await TakeAsync("patient");
        patient.ClientWaits();
        (await TakeAsync("other")).ClientWaits();
        _time.Advance(10 * Courtesy);
        patient.DaemonWaits();

        var next = TakeAsync("next");

        Assert.Empty(_closed);
        _time.Advance(Courtesy);
        await Eventually.Holds(() => _closed.Count > 0, "it is told to go");
        Assert.Equal(["patient"], _closed);
        Assert.False(next.IsCompleted);
    }

    [Fact]
    public async Task Nobody_is_told_to_go_when_nobody_wants_the_place()
    {
        await TakeAsync("first");
        await TakeAsync("second");

        _time.Advance(10 * Courtesy);

        Assert.Empty(_closed);
        Assert.Equal(0, _time.PendingTimers);
    }

    [Fact]
    public async Task Who_gives_up_waiting_takes_no_place()
    {
        var first = await TakeAsync("first");
        await TakeAsync("second");
        using var cancel = new CancellationTokenSource();
        var gone = _places.TakeAsync(cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        first.Dispose();
        await TakeAsync("third");
    }

    private async Task<ConnectionPlaces.Place> TakeAsync(string name)
    {
        var place = await _places.TakeAsync(CancellationToken.None);
        place.ClosesBy(() => _closed.Add(name));
        return place;
    }
}
