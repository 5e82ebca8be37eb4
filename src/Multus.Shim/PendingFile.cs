using Multus.Wire;

namespace Multus.Shim;

/// <summary>Writes a file that is whole and on disk, or not there.</summary>
internal static class PendingFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnlyFolder = OwnerOnly | UnixFileMode.UserExecute;

    /// <summary>A file of that name is replaced: the newest request for an interface is the one that counts.</summary>
    /// <returns>The path of the file.</returns>
    /// <exception cref="IOException">Nothing is kept; the temporary file is removed.</exception>
    public static string Store(string folder, string name, ReadOnlySpan<byte> content)
    {
        if (Path.GetDirectoryName(folder) is { } above)
            Directory.CreateDirectory(above, OwnerOnlyFolder); // the mode is given to the last folder of a path only
        Directory.CreateDirectory(folder, OwnerOnlyFolder);
        var path = Path.Combine(folder, name);
        // Not after the name: that may be as long as a file's name can be.
        var temp = Path.Combine(folder, $"{Guid.NewGuid():N}{PendingDelete.TempSuffix}");
        try
        {
            Write(temp, path, content);
            return path;
        }
        catch
        {
            File.Delete(temp);
            throw;
        }
    }

    private static void Write(string temp, string path, ReadOnlySpan<byte> content)
    {
        using var file = new FileStream(
            temp,
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Share = FileShare.ReadWrite | FileShare.Delete,
                BufferSize = 0,
                UnixCreateMode = OwnerOnly,
            }
        );
        file.Write(content);
        file.Flush(flushToDisk: true);
        File.Move(temp, path, overwrite: true);

        // .NET cannot open a folder to flush it. Renaming changes the file's inode as well, in one transaction of the
        // journal with the folder's entry, so flushing the file once more takes both to disk.
        file.Flush(flushToDisk: true);
    }
}
