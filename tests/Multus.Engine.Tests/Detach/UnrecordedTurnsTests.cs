using Microsoft.Extensions.Time.Testing;
using Multus.Engine.Detach;
using Multus.TestSupport;

namespace Multus.Engine.Tests.Detach;

public sealed class UnrecordedTurnsTests : IDisposable
{
    private readonly CountedTime _time = new();
    private readonly UnrecordedTurns _turns;

    public UnrecordedTurnsTests() => _turns = new UnrecordedTurns(atOnce: 2, _time);

    public void Dispose() => _turns.Dispose();

    [Fact]
    public async Task Two_have_their_turn_at_a_time_and_the_third_when_one_is_done()
    {
        await _turns.TakeAsync(CancellationToken.None);
        await _turns.TakeAsync(CancellationToken.None);
        var third = _turns.TakeAsync(CancellationToken.None);
        Assert.False(third.IsCompleted);

        _turns.Release();

        await third;
    }

    [Fact]
    public async Task A_turn_comes_when_the_last_ADD_has_ended()
    {
        _turns.BeginAdd();
        _turns.BeginAdd();
        var turn = _turns.TakeAsync(CancellationToken.None);
        _turns.EndAdd();
        Assert.False(turn.IsCompleted);

        _turns.EndAdd();

        await turn;
    }

    [Fact]
    public async Task Where_ADDs_never_end_a_turn_comes_after_a_while()
    {
        _turns.BeginAdd();
        var turn = _turns.TakeAsync(CancellationToken.None);

        _time.Advance(UnrecordedTurns.Courtesy);

        await turn;
    }

    [Fact]
    public async Task Who_gives_up_while_ADDs_are_under_way_leaves_the_place_to_others()
    {
        _turns.BeginAdd();
        using var cancel = new CancellationTokenSource();
        var givenUp = new[] { _turns.TakeAsync(cancel.Token), _turns.TakeAsync(cancel.Token) };

        await cancel.CancelAsync();
        foreach (var turn in givenUp)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => turn);
        _turns.EndAdd();

        await _turns.TakeAsync(CancellationToken.None);
    }
}
