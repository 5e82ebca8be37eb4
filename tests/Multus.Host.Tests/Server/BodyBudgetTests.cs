using Multus.Host.Server;
using Multus.TestSupport;

namespace Multus.Host.Tests.Server;

public sealed class BodyBudgetTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly CountedTime _time = new();
    private readonly BodyBudget _budget;

    public BodyBudgetTests() => _budget = new BodyBudget(100, _time);

    [Fact]
    public async Task There_is_room_for_as_many_bytes_as_it_has_and_then_for_what_is_given_back()
    {
        Assert.True(await TakeAsync(60));
        Assert.True(await TakeAsync(40));
        var waiting = TakeAsync(1);
        Assert.False(waiting.IsCompleted);

        _budget.Give(60);

        Assert.True(await waiting);
        Assert.True(await TakeAsync(59));
    }

    [Fact]
    public async Task Room_is_given_in_the_order_in_which_it_was_asked_for()
    {
        Assert.True(await TakeAsync(80));
        var large = TakeAsync(90);
        var small = TakeAsync(10);

        Assert.False(small.IsCompleted); // or small ones could keep a large one waiting for ever
        _budget.Give(80);

        Assert.True(await large);
        Assert.True(await small);
    }

    [Fact]
    public async Task Who_finds_none_in_time_has_taken_none_and_those_behind_it_go_on()
    {
        Assert.True(await TakeAsync(50));
        var large = TakeAsync(100);
        _time.Advance(Patience / 2);
        var small = TakeAsync(50);

        _time.Advance(Patience / 2);

        Assert.False(await large);
        Assert.True(await small);
    }

    [Fact]
    public async Task Who_goes_away_has_taken_none()
    {
        Assert.True(await TakeAsync(100));
        using var gone = new CancellationTokenSource();
        var waiting = _budget.TakeAsync(100, Patience, gone.Token);

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        _budget.Give(100);
        Assert.True(await TakeAsync(100));
    }

    [Fact]
    public Task More_than_all_of_it_is_a_mistake_of_the_caller_s() =>
        Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => TakeAsync(101));

    private Task<bool> TakeAsync(int bytes) => _budget.TakeAsync(bytes, Patience, CancellationToken.None);
}
