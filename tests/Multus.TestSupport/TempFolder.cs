namespace Multus.TestSupport;

/// <summary>A folder of its own for one test, gone with all that is in it when disposed.</summary>
public sealed class TempFolder : IDisposable
{
    private const int MostTries = 100;

    public TempFolder(string prefix = "multus-")
    {
        Path = Directory.CreateTempSubdirectory(prefix).FullName;
    }

    public string Path { get; }

    /// <summary>The path of something in the folder; nothing is created.</summary>
    public string this[params string[] parts] => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>Makes a folder in it, parents included, and returns its path.</summary>
    public string Folder(params string[] parts) => Directory.CreateDirectory(this[parts]).FullName;

    /// <summary>Writes a file in it, parents included, and returns its path.</summary>
    public string File(string name, string content)
    {
        var path = this[name];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, content);
        return path;
    }

    /// <summary>Every file in it, as sorted paths relative to it: what a test compares to "nothing is left".</summary>
    public IReadOnlyList<string> Files() =>
        [
            .. Directory
                .EnumerateFiles(Path, "*", SearchOption.AllDirectories)
                .Select(file => System.IO.Path.GetRelativePath(Path, file))
                .Order(StringComparer.Ordinal),
        ];

    public void Dispose()
    {
        for (var tries = 1; Directory.Exists(Path); tries++)
        {
            try
            {
                Directory.Delete(Path, recursive: true);
            }
            catch (IOException) when (tries < MostTries)
            {
                // What a test has interrupted may write once more on its way out, into a folder that was just emptied.
            }
        }
    }
}
