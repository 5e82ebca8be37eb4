namespace Multus.Kubernetes.Folder;

/// <summary>
/// A YAML file's documents, each by itself: what is wrong with one says nothing of the others. A line that begins with
/// <c>---</c> or <c>...</c> ends a document whatever is open in it (YAML 1.2, 9.1.2), so the documents behind a
/// malformed one can be found.
/// </summary>
internal static class ManifestDocuments
{
    /// <summary>The documents that can be read and, for each that cannot, why.</summary>
    public static (IReadOnlyList<ManifestNode> Documents, IReadOnlyList<ManifestException> Faults) Parse(string text)
    {
        try
        {
            return (YamlDocuments.Parse(text), []);
        }
        catch (ManifestException)
        {
            return ParseEach(text); // slower, and only needed to tell the good from the bad
        }
    }

    private static (IReadOnlyList<ManifestNode> Documents, IReadOnlyList<ManifestException> Faults) ParseEach(
        string text
    )
    {
        var documents = new List<ManifestNode>();
        var faults = new List<ManifestException>();
        foreach (var (begin, length, line) in Split(text))
        {
            try
            {
                documents.AddRange(YamlDocuments.Parse(text.Substring(begin, length), line));
            }
            catch (ManifestException bad)
            {
                faults.Add(bad);
            }
        }

        return (documents, faults);
    }

    /// <summary>Begin, length, and how many lines come before.</summary>
    private static IEnumerable<(int Begin, int Length, long Line)> Split(string text)
    {
        var (begin, firstLine, line, isHead) = (0, 0L, 0L, true);
        for (var at = 0; at < text.Length; line++)
        {
            var end = text.IndexOf('\n', at) is var found and >= 0 ? found + 1 : text.Length;
            var (isBegin, isEnd, mayBeHead) = Classify(text.AsSpan(at, end - at));
            if (isBegin && !isHead)
            {
                yield return (begin, at - begin, firstLine);
                (begin, firstLine) = (at, line);
            }

            if (isEnd)
            {
                yield return (begin, end - begin, firstLine);
                (begin, firstLine) = (end, line + 1);
            }

            isHead = isEnd || (isHead && mayBeHead);
            at = end;
        }

        if (begin < text.Length)
            yield return (begin, text.Length - begin, firstLine);
    }

    private static (bool IsBegin, bool IsEnd, bool MayBeHead) Classify(ReadOnlySpan<char> line) =>
        (IsMarker(line, "---"), IsMarker(line, "..."), IsHead(line));

    private static bool IsMarker(ReadOnlySpan<char> line, string marker) =>
        line.StartsWith(marker) && (line.Length == marker.Length || line[marker.Length] is ' ' or '\t' or '\r' or '\n');

    // Directives belong to the document whose "---" follows them.
    private static bool IsHead(ReadOnlySpan<char> line) => line.StartsWith("%") || line.TrimStart() is [] or ['#', ..];
}
