using System.Security.Cryptography;
using System.Text;
using Multus.Core.Pods;
using Multus.Linux.Files;
using static Multus.Actors.Annotations.AnnotationsProtocol;

namespace Multus.Actors.Annotations;

/// <summary>
/// <c>{cniDir}/status</c>: for each pod whose ADD did not wait until its status was stored, one file with the newest.
/// What is stored at once never comes here, so an undisturbed ADD costs no file.
/// </summary>
/// <remarks>
/// Written whole but not flushed: it has to outlive this process, not the node. After a power cut no sandbox is left
/// that the status could be about. One actor owns the folder.
/// </remarks>
public sealed class StatusSpool(string cniDir, ILogger log)
{
    /// <summary>Of the folder, below <c>cniDir</c>.</summary>
    public const string FolderName = "status";

    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int NameBytes = 16;

    private readonly string _folder = Path.Combine(cniDir, FolderName);
    private readonly HashSet<PodKey> _kept = [];

    /// <summary>How many pods have a file.</summary>
    public int Count => _kept.Count;

    public bool Has(PodKey pod) => _kept.Contains(pod);

    /// <summary>
    /// Keeps a write, instead of what was kept for the pod. One that cannot be kept is logged: it is lost if the daemon
    /// ends before it is stored.
    /// </summary>
    public void Keep(ICommand write, DateTimeOffset since)
    {
        try
        {
            DurableFile.CreateFolder(_folder, FolderMode);
            DurableFile.ReplaceUnflushed(PathOf(write.Pod), SpooledStatus.ToJson(write, since), FileMode);
            _kept.Add(write.Pod);
        }
        catch (IOException e)
        {
            AnnotationsLog.NotKept(log, write.Pod.Namespace, write.Pod.Name, _folder, e.Message);
        }
    }

    /// <summary>
    /// What was kept for the pod is done. A file that stays although it should not does no harm but one write: what it
    /// says was stored.
    /// </summary>
    public void Forget(PodKey pod)
    {
        if (_kept.Remove(pod))
            Remove(PathOf(pod));
    }

    /// <summary>
    /// What an earlier daemon has left to do. The status of a sandbox that has no record any more is none of it:
    /// somebody else has deleted the sandbox meanwhile, and may have written the status of the next.
    /// </summary>
    public IReadOnlyList<(ICommand Write, DateTimeOffset Since)> Load()
    {
        try
        {
            if (!Directory.Exists(_folder))
                return [];

            var writes = new List<(ICommand, DateTimeOffset)>();
            foreach (
                var path in Directory.EnumerateFiles(_folder).Where(path => !DurableFile.IsTemp(Path.GetFileName(path)))
            )
            {
                if (Read(path) is { } write)
                    writes.Add(write);
            }

            return writes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            AnnotationsLog.NotLoaded(log, _folder, e.Message);
            return [];
        }
    }

    private (ICommand Write, DateTimeOffset Since)? Read(string path)
    {
        if (ReadWrite(path) is not { } kept || path != PathOf(kept.Write.Pod))
        {
            AnnotationsLog.Damaged(log, path);
            Remove(path);
            return null;
        }

        if (kept.Write is Publish && !File.Exists(Path.Combine(cniDir, kept.Write.Sandbox.Value)))
        {
            Remove(path);
            return null;
        }

        _kept.Add(kept.Write.Pod);
        return kept;
    }

    private static (ICommand Write, DateTimeOffset Since)? ReadWrite(string path)
    {
        try
        {
            return SpooledStatus.Read(RegularFile.Read(path));
        }
        catch (IrregularFileException)
        {
            return null; // none of ours: as a damaged one
        }
    }

    private void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            AnnotationsLog.NotForgotten(log, path, e.Message);
        }
    }

    // A hash, for outside Kubernetes nobody has checked what the names are made of.
    private string PathOf(PodKey pod)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{pod.Namespace}/{pod.Name}"));
        return Path.Combine(_folder, Convert.ToHexStringLower(hash.AsSpan(0, NameBytes)) + ".json");
    }
}
