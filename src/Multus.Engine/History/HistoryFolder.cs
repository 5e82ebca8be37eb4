using Multus.Linux.Files;

namespace Multus.Engine.History;

/// <summary>
/// <c>{cniDir}/history</c>: what was done to the last sandboxes, one line of JSON for each operation. Two files: the
/// one that is written to, and the one before it, which goes when the first is full. Several processes may write at
/// once.
/// </summary>
/// <remarks>
/// Nothing is flushed: it has to outlive this process, not a power cut. What is lost then is the reader's loss, not a
/// pod's.
/// </remarks>
/// <param name="cniDir">Where records are.</param>
/// <param name="limits">When a file is full.</param>
public sealed class HistoryFolder(string cniDir, HistoryLimits limits)
{
    /// <summary>Of the folder, below <c>cniDir</c>.</summary>
    public const string FolderName = "history";

    public const string CurrentName = "operations.jsonl";
    public const string FormerName = "operations.1.jsonl";

    private const string LockName = "lock";
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private long _countAt;

    public string Path { get; } = System.IO.Path.Combine(cniDir, FolderName);

    private string Current => System.IO.Path.Combine(Path, CurrentName);

    private string Former => System.IO.Path.Combine(Path, FormerName);

    /// <summary>Adds lines to the end.</summary>
    /// <param name="lines">Whole lines, each with its end.</param>
    /// <exception cref="IOException">They are not there, or not all of them.</exception>
    public void Append(ReadOnlySpan<byte> lines)
    {
        DurableFile.CreateFolder(Path, FolderMode);
        if (IsFull())
            MakeRoom();
        using var file = AppendedFile.Open(Current, FileMode);
        file.Write(lines);
    }

    /// <summary>All entries that may be meant, the oldest first; both files are read.</summary>
    /// <param name="contains">What the line of an entry has in it; empty: all are meant.</param>
    /// <exception cref="IOException">They cannot be read.</exception>
    public IEnumerable<OperationEntry> Read(string contains = "")
    {
        foreach (var file in (string[])[Former, Current])
        {
            foreach (var line in LinesOf(file))
            {
                if (line.Contains(contains, StringComparison.Ordinal) && EntryCodec.FromLine(line) is { } entry)
                    yield return entry;
            }
        }
    }

    /// <summary>The last entries, the oldest first.</summary>
    /// <param name="most">How many.</param>
    /// <exception cref="IOException">They cannot be read.</exception>
    public IEnumerable<OperationEntry> ReadLast(int most)
    {
        foreach (var line in LinesOf(Former).Concat(LinesOf(Current)).TakeLast(most))
        {
            if (EntryCodec.FromLine(line) is { } entry)
                yield return entry;
        }
    }

    // A file may be renamed while it is read: what was opened is read to its end.
    private static IEnumerable<string> LinesOf(string file) => File.Exists(file) ? File.ReadLines(file) : [];

    // To count means to read it all: only when it may be full, and then not again before it has grown by a quarter.
    private bool IsFull()
    {
        var size = new FileInfo(Current) is { Exists: true } file ? file.Length : 0;
        if (size < limits.Bytes)
            _countAt = 0;
        if (size < limits.Bytes || (size < _countAt && size < limits.MostBytes))
            return false;
        if (size >= limits.MostBytes || CountSandboxes() >= limits.Sandboxes)
            return true;

        _countAt = size + (limits.Bytes / 4);
        return false;
    }

    private int CountSandboxes()
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in LinesOf(Current))
        {
            if (EntryCodec.FromLine(line) is { } entry)
                found.Add(entry.Sandbox);
        }

        return found.Count;
    }

    // Of two that find it full, one renames; the other finds a new file, or goes on with the old one.
    private void MakeRoom()
    {
        using var taken = ByteLock.TryTake(System.IO.Path.Combine(Path, LockName), 0, FileMode);
        if (taken is null || !IsFull())
            return;
        File.Move(Current, Former, overwrite: true);
        _countAt = 0;
    }
}
