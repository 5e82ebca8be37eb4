using Multus.Engine.Attach;
using Multus.Engine.Ports;
using Multus.Engine.Requests;
using Multus.Engine.State;

namespace Multus.Engine.Detach;

/// <summary>
/// Who may detach a sandbox of which nothing is on record, in order of arrival: hundreds of them may come at once, and
/// nobody waits for one as a pod waits for its ADD. So few are at it at a time, and each lets the ADDs that are under
/// way end first, for a while. Any thread.
/// </summary>
/// <param name="atOnce">How many are at it.</param>
/// <param name="time">The clock of <see cref="Courtesy"/>.</param>
internal sealed class UnrecordedTurns(int atOnce, TimeProvider time) : IDisposable
{
    /// <summary>
    /// Half of the processors: the plugin of an unrecorded sandbox is busy all the while, and the other half is for
    /// ADDs.
    /// </summary>
    public static readonly int HalfOfTheMachine = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>
    /// How long one waits for ADDs that are under way. On a node where there are always some, its turn comes
    /// nevertheless.
    /// </summary>
    public static readonly TimeSpan Courtesy = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _places = new(atOnce);
    private readonly WorkCount _adds = new();

    public void BeginAdd() => _adds.Begin();

    public void EndAdd() => _adds.End();

    /// <summary>Ends when it is the caller's turn, who says <see cref="Release"/> when it is over.</summary>
    /// <exception cref="OperationCanceledException">It is no turn, and nothing is to be released.</exception>
    public async Task TakeAsync(CancellationToken cancel)
    {
        await _places.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            await WaitForAddsAsync(cancel).ConfigureAwait(false);
        }
        catch
        {
            _places.Release();
            throw;
        }
    }

    public void Release() => _places.Release();

    public void Dispose() => _places.Dispose();

    private async Task WaitForAddsAsync(CancellationToken cancel)
    {
        var none = _adds.WhenNone();
        if (none.IsCompleted)
            return;

        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await Task.WhenAny(none, Task.Delay(Courtesy, time, enough.Token)).ConfigureAwait(false);
        await enough.CancelAsync().ConfigureAwait(false);
        cancel.ThrowIfCancellationRequested();
    }
}
