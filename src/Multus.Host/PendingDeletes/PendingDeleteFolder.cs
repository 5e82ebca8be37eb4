using System.Collections.Immutable;
using Multus.Actors.PendingDeletes;
using Multus.Actors.Sandboxes;
using Multus.Cni;
using Multus.Host.Requests;
using Multus.Linux.Files;
using Multus.Wire;

namespace Multus.Host.PendingDeletes;

/// <summary>
/// The folder <c>cniDir/pending</c>, into which shim and daemon store DELs in the wire format, under the same names.
/// </summary>
internal sealed class PendingDeleteFolder : IPendingDeleteFolder
{
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string AsideSuffix = ".invalid";

    private static readonly TimeSpan TempLife = TimeSpan.FromMinutes(10);
    private static readonly Comparer<StoredDelete> OldestFirst = Comparer<StoredDelete>.Create(
        (one, other) => one.Since.CompareTo(other.Since)
    );

    private readonly CniRequestMapping _mapping;
    private readonly TimeProvider _time;

    public PendingDeleteFolder(string cniDir, CniRequestMapping mapping, TimeProvider time)
    {
        _time = time;
        Path = System.IO.Path.Combine(cniDir, PendingDelete.FolderName);
        _mapping = mapping;
    }

    public string Path { get; }

    public IReadOnlyList<StoredDelete> List()
    {
        var folder = new DirectoryInfo(Path);
        return !folder.Exists
            ? []
            :
            [
                .. folder
                    .EnumerateFiles()
                    .Where(file => PendingDelete.IsPendingFile(file.Name))
                    .Select(file => new StoredDelete(file.Name, file.LastWriteTimeUtc))
                    .Order(OldestFirst),
            ];
    }

    public void Store(SandboxProtocol.SandboxRequest request)
    {
        var delete = CniRequestMapping.ToDelete(request);
        DurableFile.CreateFolder(Path, FolderMode);
        DurableFile.Replace(PathOf(PendingDelete.FileName(request.Sandbox, request.IfName)), delete.ToJson(), FileMode);
    }

    public SandboxProtocol.SandboxRequest? Read(string name)
    {
        byte[] json;
        CniRequestBody body;
        try
        {
            json = RegularFile.Read(PathOf(name));
            body = CniRequestMapping.ParseDelete(json);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (CniException e)
        {
            throw new PendingDeleteException(e.Error.Text, e);
        }
        catch (IrregularFileException e)
        {
            throw new PendingDeleteException(e.Message, e);
        }

        return _mapping.MapDelete(body, json);
    }

    public bool Contains(string name) => File.Exists(PathOf(name));

    public bool IsStored(SandboxId sandbox, InterfaceName ifName) => Contains(PendingDelete.FileName(sandbox, ifName));

    public void Forget(SandboxId sandbox, InterfaceName ifName) => Remove(PendingDelete.FileName(sandbox, ifName));

    public void Remove(string name)
    {
        foreach (var path in new[] { PathOf(name), PathOf(GivenUpDelete.NameOf(name)) })
        {
            if (File.Exists(path))
                File.Delete(path);
        }
    }

    public void GiveUp(string name, ImmutableArray<string> left)
    {
        var given = GivenUpDelete.Write(File.ReadAllBytes(PathOf(name)), left, _time.GetUtcNow());
        // First: it may be there twice, but never be lost.
        DurableFile.Replace(PathOf(GivenUpDelete.NameOf(name)), given, FileMode);
        DurableFile.Delete(PathOf(name));
    }

    public bool IsGivenUp(SandboxId sandbox, InterfaceName ifName) =>
        File.Exists(PathOf(GivenUpDelete.NameOf(PendingDelete.FileName(sandbox, ifName))));

    public int CountGivenUp() =>
        Directory.Exists(Path)
            ? Directory.EnumerateFiles(Path).Count(file => GivenUpDelete.Is(System.IO.Path.GetFileName(file)))
            : 0;

    public string SetAside(string name)
    {
        var kept = PathOf(name) + AsideSuffix;
        File.Move(PathOf(name), kept, overwrite: true);
        return kept;
    }

    public IDisposable Watch(Action onChange)
    {
        // So that there is something to watch, and the shim need not make it.
        DurableFile.CreateFolder(Path, FolderMode);
        SweepTemps();
        var watcher = new FileSystemWatcher(Path) { NotifyFilter = NotifyFilters.FileName };
        watcher.Created += (_, _) => onChange();
        watcher.Renamed += (_, _) => onChange();
        watcher.Error += (_, _) => onChange();
        watcher.EnableRaisingEvents = true;
        return watcher;
    }

    // A shim that was killed while it stored leaves a temporary file; one that is younger may still be at it.
    private void SweepTemps()
    {
        foreach (var file in new DirectoryInfo(Path).EnumerateFiles($"*{PendingDelete.TempSuffix}"))
        {
            if (_time.GetUtcNow() - file.LastWriteTimeUtc > TempLife)
                file.Delete();
        }
    }

    private string PathOf(string name) => System.IO.Path.Combine(Path, name);
}
