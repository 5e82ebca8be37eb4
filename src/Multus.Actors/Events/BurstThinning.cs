namespace Multus.Actors.Events;

/// <summary>
/// Which of the events that say the same of many pods are posted: the first of a burst, then so many in a second. The
/// others are counted, and the next that is posted says how many there were.
/// </summary>
/// <remarks>No clock, no actor types; one actor owns it.</remarks>
/// <param name="burst">How many at once.</param>
/// <param name="every">After how long there is room for one more.</param>
internal sealed class BurstThinning(int burst, TimeSpan every)
{
    private double _room = burst;
    private DateTimeOffset _last = DateTimeOffset.MinValue;
    private int _leftOut;

    /// <summary>One more has happened.</summary>
    /// <returns>How many were left out since the last that was posted; null: this one is left out, too.</returns>
    public int? Note(DateTimeOffset now)
    {
        if (_last != DateTimeOffset.MinValue && now > _last)
            _room = Math.Min(burst, _room + ((now - _last) / every));
        _last = now;
        if (_room < 1)
        {
            _leftOut++;
            return null;
        }

        _room--;
        var leftOut = _leftOut;
        _leftOut = 0;
        return leftOut;
    }
}
