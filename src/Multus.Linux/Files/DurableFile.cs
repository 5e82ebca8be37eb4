using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Multus.Linux.Native;

namespace Multus.Linux.Files;

/// <summary>
/// State files that a crash of this process, or of the machine, leaves either as they were or as they are meant to be.
/// When a call returns, the change is on disk. Each may be repeated.
/// </summary>
public static class DurableFile
{
    private const int RandomLength = 16;
    private const int LongestStem = 200;
    private const string TempExtension = ".tmp";

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");
    private static readonly EnumerationOptions EvenHidden = new()
    {
        AttributesToSkip = 0,
        MatchType = MatchType.Simple,
    };

    /// <summary>
    /// Writes a file as a whole: to a temporary file beside it (<c>.{name}.{16 hex digits}.tmp</c>), flushed, closed,
    /// renamed over it, and the folder flushed. Writers of the same path do not disturb each other; the last rename
    /// wins.
    /// </summary>
    /// <param name="mode">Permissions of the file, whatever the umask.</param>
    /// <exception cref="FileException">The file is as it was, or not there; no temporary file is left, unless this
    /// process is killed.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        RenameInto(path, content, mode, flush: true);
        FlushFolder(FolderOf(path));
    }

    /// <summary>
    /// As <see cref="Replace"/>, but nothing is flushed: a crash of this process leaves the old file or the new one, a
    /// crash of the machine may leave the new one empty. For what can be done without after such a crash; it costs two
    /// waits for the disk less.
    /// </summary>
    /// <param name="mode">Permissions of the file, whatever the umask.</param>
    /// <exception cref="FileException">As <see cref="Replace"/>.</exception>
    public static void ReplaceUnflushed(string path, ReadOnlySpan<byte> content, UnixFileMode mode) =>
        RenameInto(path, content, mode, flush: false);

    /// <summary>Removes a file; that it is missing is fine.</summary>
    /// <exception cref="FileException">It is still there.</exception>
    public static void Delete(string path)
    {
        if (FileCalls.Unlink(path) == 0)
        {
            FlushFolder(FolderOf(path));
            return;
        }

        if (Marshal.GetLastPInvokeError() != Errno.ENOENT)
            throw Failure("delete", path);
    }

    /// <summary>Makes a symbolic link; what is there already is a failure.</summary>
    /// <param name="target">Where it leads, there or not.</param>
    /// <exception cref="FileException">There is none.</exception>
    public static void CreateLink(string path, string target)
    {
        if (FileCalls.Link(target, path) != 0)
            throw Failure("create link", path);
        FlushFolder(FolderOf(path));
    }

    /// <summary>Renames a file or a link, not what it leads to, over what is there.</summary>
    /// <exception cref="FileException">Both are as they were.</exception>
    public static void Rename(string from, string to)
    {
        if (FileCalls.Rename(from, to) != 0)
            throw Failure($"rename {from} to", to);
        FlushFolder(FolderOf(to));
    }

    /// <summary>
    /// Makes a folder and those above it that are missing, each with this mode whatever the umask. A folder that is
    /// there is left as it is.
    /// </summary>
    /// <exception cref="FileException">It is not there, or something else than a folder is.</exception>
    public static void CreateFolder(string path, UnixFileMode mode)
    {
        path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Directory.Exists(path))
            return;

        var parent = FolderOf(path);
        CreateFolder(parent, mode);
        if (FileCalls.MakeFolder(path, (uint)mode) != 0)
        {
            var failure = Failure("create folder", path);
            if (failure.Errno == Errno.EEXIST && Directory.Exists(path))
                return; // somebody made it at the same time

            throw failure;
        }

        if (FileCalls.ChangeMode(path, (uint)mode) != 0)
            throw Failure("set the mode of folder", path);

        FlushFolder(parent);
    }

    /// <summary>
    /// Removes what writers that were killed left in a folder, and says how many files that were; a missing folder has
    /// none. For the start, before anybody writes there: a writer whose temporary file is swept fails.
    /// </summary>
    /// <exception cref="FileException">One could not be removed.</exception>
    public static int SweepTemps(string folder) => SweepTemps(folder, _ => true);

    /// <summary>The same of the temporary files that killed writers of one file have left beside it.</summary>
    /// <exception cref="FileException">One could not be removed.</exception>
    public static int SweepTempsOf(string path) =>
        SweepTemps(FolderOf(path), temp => temp.StartsWith($".{Path.GetFileName(path)}.", StringComparison.Ordinal));

    /// <summary>The same of the temporary files whose names match; those of other writers stay.</summary>
    /// <exception cref="FileException">One could not be removed.</exception>
    public static int SweepTemps(string folder, Predicate<string> isMeant)
    {
        ArgumentNullException.ThrowIfNull(isMeant);
        if (!Directory.Exists(folder))
            return 0;

        var swept = 0;
        foreach (var path in Directory.EnumerateFiles(folder, $".*{TempExtension}", EvenHidden))
        {
            if (!IsTemp(Path.GetFileName(path)) || !isMeant(Path.GetFileName(path)))
                continue;

            if (FileCalls.Unlink(path) == 0)
                swept++;
            else if (Marshal.GetLastPInvokeError() != Errno.ENOENT)
                throw Failure("delete temporary file", path);
        }

        return swept;
    }

    /// <summary>
    /// Whether a file name is one that <see cref="Replace"/> gives to its temporary files; readers of a folder pass
    /// them over.
    /// </summary>
    public static bool IsTemp(string fileName)
    {
        if (!fileName.StartsWith('.') || !fileName.EndsWith(TempExtension, StringComparison.Ordinal))
            return false;

        var rest = fileName.AsSpan(1, fileName.Length - 1 - TempExtension.Length);
        var dot = rest.LastIndexOf('.');
        return dot > 0 && rest.Length - dot - 1 == RandomLength && !rest[(dot + 1)..].ContainsAnyExcept(HexDigits);
    }

    // A name near the limit of 255 bytes is cut, for the rest must fit behind it.
    private static string TempName(string fileName)
    {
        var stem = Encoding.UTF8.GetByteCount(fileName) <= LongestStem ? fileName : fileName[..(LongestStem / 4)];
        return $".{stem}.{Guid.NewGuid().ToString("n")[..RandomLength]}{TempExtension}";
    }

    private static void RenameInto(string path, ReadOnlySpan<byte> content, UnixFileMode mode, bool flush)
    {
        var temp = Path.Combine(FolderOf(path), TempName(Path.GetFileName(path)));
        try
        {
            Write(temp, content, mode, flush);
            if (FileCalls.Rename(temp, path) != 0)
                throw Failure("rename a new version to", path);
        }
        catch
        {
            // What matters is the failure on its way to the caller; a leftover is swept at the next start.
            _ = FileCalls.Unlink(temp);
            throw;
        }
    }

    private static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode, bool flush)
    {
        using var file = new Descriptor(FileCalls.Open(path, FileCalls.CreateNewForWriting, (uint)mode));
        if (file.IsInvalid)
            throw Failure("create", path);
        if (FileCalls.ChangeMode(file, (uint)mode) != 0)
            throw Failure("set the mode of", path);

        while (!content.IsEmpty)
        {
            var written = FileCalls.Write(file, content, content.Length);
            if (written >= 0)
                content = content[(int)written..];
            else if (Marshal.GetLastPInvokeError() != Errno.EINTR)
                throw Failure("write", path);
        }

        if (flush && FileCalls.Flush(file) != 0)
            throw Failure("flush", path);
    }

    private static void FlushFolder(string folder)
    {
        using var descriptor = Descriptor.Open(folder);
        if (descriptor.IsInvalid)
            throw Failure("open folder", folder);
        // EINVAL: a file system that has nothing to flush.
        if (FileCalls.Flush(descriptor) != 0 && Marshal.GetLastPInvokeError() != Errno.EINVAL)
            throw Failure("flush folder", folder);
    }

    private static string FolderOf(string path) =>
        Path.GetDirectoryName(Path.GetFullPath(path)) is { Length: > 0 } folder ? folder : "/";

    private static FileException Failure(string action, string path) =>
        new(action, path, Marshal.GetLastPInvokeError());
}
