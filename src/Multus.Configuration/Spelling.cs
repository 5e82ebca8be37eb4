namespace Multus.Configuration;

/// <summary>How far words are from one another: what somebody who mistyped a name is likely to have meant.</summary>
internal static class Spelling
{
    /// <summary>How many characters have to be put in, taken out or changed.</summary>
    public static int Distance(string from, string to)
    {
        var row = new int[to.Length + 1];
        for (var j = 0; j < row.Length; j++)
            row[j] = j;
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var changed = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }

    /// <summary>Whether a distance is that of a slip in a word of this length.</summary>
    public static bool IsSlip(int distance, int length) => distance <= Math.Max(2, length / 3);

    /// <summary>The nearest of the words, whatever their case; null if none is near.</summary>
    public static string? Nearest(string word, IEnumerable<string> words) =>
        NearestOf(
            words,
            known => Distance(word.ToLowerInvariant(), known.ToLowerInvariant()),
            (known, distance) => IsSlip(distance, word.Length) && distance < known.Length
        );

    /// <summary>
    /// The candidate at the smallest distance, of several the first in the order of names; null if there is none.
    /// </summary>
    public static string? NearestOf(
        IEnumerable<string> words,
        Func<string, int> distanceTo,
        Func<string, int, bool> isCandidate
    )
    {
        string? nearest = null;
        var smallest = int.MaxValue;
        foreach (var known in words)
        {
            var distance = distanceTo(known);
            if (
                !isCandidate(known, distance)
                || distance > smallest
                || (distance == smallest && string.CompareOrdinal(known, nearest) > 0)
            )
                continue;
            (nearest, smallest) = (known, distance);
        }

        return nearest;
    }
}
