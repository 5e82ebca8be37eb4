using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Multus.Linux.Files;

namespace Multus.Ctl.Bundles;

/// <summary>An archive that is being made: texts without their secrets, each as a file. What cannot be read is said in
/// its place.</summary>
internal sealed class Bundle : IAsyncDisposable
{
    private const int MostBytes = 8 << 20; // of one file: the end of a log is what counts
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly GZipStream _gzip;
    private readonly TarWriter _tar;
    private readonly List<string> _entries = [];

    public Bundle(Stream output)
    {
        _gzip = new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true);
        _tar = new TarWriter(_gzip, TarEntryFormat.Pax, leaveOpen: true);
    }

    /// <summary>What is in it.</summary>
    public IReadOnlyList<string> Entries => _entries;

    public async Task AddAsync(string name, string text)
    {
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(Redaction.Of(text)));
        await _tar.WriteEntryAsync(
            new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = content, Mode = Mode }
        );
        _entries.Add(name);
    }

    /// <summary>A file of the node.</summary>
    public Task AddFileAsync(string name, string path)
    {
        try
        {
            var bytes = RegularFile.Read(path);
            var from = Math.Max(0, bytes.Length - MostBytes);
            return AddAsync(name, Encoding.UTF8.GetString(bytes.AsSpan(from)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return AddAsync($"{name}.unreadable", e.Message);
        }
    }

    /// <summary>The files of a folder, without those below it.</summary>
    public async Task AddFolderAsync(string name, string folder)
    {
        if (!Directory.Exists(folder))
        {
            await AddAsync($"{name}.missing", $"there is no {folder}");
            return;
        }

        try
        {
            foreach (var path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
                await AddFileAsync($"{name}/{Path.GetFileName(path)}", path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await AddAsync($"{name}.unreadable", e.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _tar.DisposeAsync();
        await _gzip.DisposeAsync();
    }
}
