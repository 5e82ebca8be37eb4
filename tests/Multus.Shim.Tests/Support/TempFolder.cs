namespace Multus.Shim.Tests.Support;

/// <summary>A folder of one test, short enough for a socket's path, removed with all that is in it.</summary>
public sealed class TempFolder : IDisposable
{
    public TempFolder() => Directory.CreateDirectory(Path);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"ms-{Guid.NewGuid():N}"[..15]);

    public string In(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
