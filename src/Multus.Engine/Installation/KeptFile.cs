using Multus.Linux.Files;

namespace Multus.Engine.Installation;

/// <summary>
/// A file that this process keeps as it has written it: what somebody else does to it is undone, unless they insist.
/// Not thread-safe.
/// </summary>
internal sealed class KeptFile(string path, TimeProvider time)
{
    /// <summary>So often within <see cref="Window"/> it is put back; once more, and somebody insists.</summary>
    public const int MostRestorations = 5;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    /// <summary>After so long somebody who insisted may have been stopped: it is put back once again.</summary>
    public static readonly TimeSpan Truce = TimeSpan.FromMinutes(5);

    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderMode =
        Mode
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    private readonly Queue<long> _restorations = new();
    private FileStatus? _written;
    private long? _givenUpAt;

    /// <summary>What it has to say; null until that is known.</summary>
    public ReadOnlyMemory<byte>? Content { get; private set; }

    /// <summary>Whether somebody insists on another content, or none.</summary>
    public bool IsGivenUp => _givenUpAt is not null;

    /// <summary>How often it was put back since this process began.</summary>
    public long Restored { get; private set; }

    /// <summary>Gives it a content. One that it has already is not written again.</summary>
    /// <returns>Whether it was written.</returns>
    /// <exception cref="IOException">It is as it was, and keeps the content that it had to have.</exception>
    public bool Write(ReadOnlyMemory<byte> content)
    {
        var isNew = !Has(content);
        if (isNew)
            Replace(content);
        else
            _written = FileStatus.FindLink(path);
        Content = content;
        return isNew;
    }

    /// <summary>Puts it back if it is not as it was written.</summary>
    /// <exception cref="IOException">It could not be put back.</exception>
    public KeptFileLook Look()
    {
        if (Content is not { } content)
            return KeptFileLook.Fine;

        var now = FileStatus.FindLink(path);
        if (now is not null && now == _written)
            return EndOfQuarrel();
        if (Has(content))
        {
            _written = now;
            return EndOfQuarrel();
        }

        if (_givenUpAt is { } since && time.GetElapsedTime(since) < Truce)
            return KeptFileLook.LeftAlone;
        while (_restorations.TryPeek(out var oldest) && time.GetElapsedTime(oldest) >= Window)
            _restorations.Dequeue();
        if (_givenUpAt is null && _restorations.Count >= MostRestorations)
        {
            _givenUpAt = time.GetTimestamp();
            return KeptFileLook.GivenUp;
        }

        if (_givenUpAt is not null)
            _givenUpAt = time.GetTimestamp(); // one try for each truce
        Replace(content);
        _restorations.Enqueue(time.GetTimestamp());
        Restored++;
        return now is null ? KeptFileLook.WasMissing : KeptFileLook.WasChanged;
    }

    /// <summary>Keeps it no more, and takes it away if it is as it was written: what others write is theirs.</summary>
    /// <returns>Whether it was taken away.</returns>
    /// <exception cref="IOException">It is still there.</exception>
    public bool Withdraw()
    {
        if (Content is not { } content)
            return false;
        var isOurs = Has(content);
        if (isOurs)
            DurableFile.Delete(path);
        Content = null;
        return isOurs;
    }

    private KeptFileLook EndOfQuarrel()
    {
        if (_givenUpAt is not { } since || time.GetElapsedTime(since) < Window)
            return _givenUpAt is null ? KeptFileLook.Fine : KeptFileLook.LeftAlone;
        _givenUpAt = null;
        _restorations.Clear();
        return KeptFileLook.Fine;
    }

    private bool Has(ReadOnlyMemory<byte> content)
    {
        try
        {
            return File.Exists(path) && RegularFile.Read(path).AsSpan().SequenceEqual(content.Span);
        }
        catch (IOException)
        {
            return false; // gone since, or no regular file: it is replaced, or replacing says why not
        }
    }

    private void Replace(ReadOnlyMemory<byte> content)
    {
        DurableFile.CreateFolder(Path.GetDirectoryName(path)!, FolderMode);
        _ = DurableFile.SweepTempsOf(path); // of a keeper before this one, which was killed
        DurableFile.Replace(path, content.Span, Mode);
        _written = FileStatus.FindLink(path);
    }
}

/// <summary>How a kept file was found.</summary>
internal enum KeptFileLook
{
    Fine,

    /// <summary>It was missing, and is put back.</summary>
    WasMissing,

    /// <summary>Somebody had written it, and it is put back.</summary>
    WasChanged,

    /// <summary>It was put back too often: from now on it is left to whoever insists.</summary>
    GivenUp,

    /// <summary>It was given up before.</summary>
    LeftAlone,
}
