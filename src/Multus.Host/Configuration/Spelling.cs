namespace Multus.Host.Configuration;

/// <summary>How far words are from one another: what somebody who mistyped a name is likely to have meant.</summary>
internal static class Spelling
{
    /// <summary>How many characters have to be put in, taken out or changed.</summary>
    public static int Distance(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
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
    public static string? Nearest(string word, IEnumerable<string> words)
    {
        var candidates =
            from known in words
            let distance = Distance(word.ToLowerInvariant(), known.ToLowerInvariant())
            where IsSlip(distance, word.Length) && distance < known.Length
            orderby distance, known
            select known;
        return candidates.FirstOrDefault();
    }
}
