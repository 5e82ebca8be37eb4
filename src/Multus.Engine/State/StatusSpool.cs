using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Multus.Core.Pods;
using Multus.Linux.Files;

namespace Multus.Engine.State;

/// <summary>
/// <c>{cniDir}/status</c>: for each pod whose ADD did not wait until its status was stored, one file with the newest.
/// What is stored at once never comes here, so an undisturbed ADD costs no file.
/// </summary>
/// <remarks>
/// Written whole but not flushed: it has to outlive this process, not the node. After a power cut no sandbox is left
/// that the status could be about.
/// </remarks>
public sealed class StatusSpool(string cniDir, ILogger log) : IStatusSpool
{
    /// <summary>Of the folder, below <c>cniDir</c>.</summary>
    public const string FolderName = "status";

    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int NameBytes = 16;

    private readonly string _folder = Path.Combine(cniDir, FolderName);
    private readonly ConcurrentDictionary<PodKey, bool> _kept = [];

    public int Count => _kept.Count;

    public bool Has(PodKey pod) => _kept.ContainsKey(pod);

    public void Keep(SpooledStatus status, DateTimeOffset since)
    {
        ArgumentNullException.ThrowIfNull(status);
        try
        {
            DurableFile.CreateFolder(_folder, FolderMode);
            DurableFile.ReplaceUnflushed(PathOf(status.Pod), SpooledStatusFile.Write(status, since), FileMode);
            _kept[status.Pod] = true;
        }
        catch (IOException e)
        {
            StatusSpoolLog.NotKept(log, status.Pod.Namespace, status.Pod.Name, _folder, e.Message);
        }
    }

    // One that stays has to be replaced by the pod's next: a start would find what is older than that.
    public void Forget(PodKey pod)
    {
        if (_kept.ContainsKey(pod) && Remove(PathOf(pod)))
            _kept.TryRemove(pod, out _);
    }

    public IReadOnlyList<(SpooledStatus Status, DateTimeOffset Since)> Load()
    {
        try
        {
            if (!Directory.Exists(_folder))
                return [];

            var statuses = new List<(SpooledStatus, DateTimeOffset)>();
            foreach (
                var path in Directory.EnumerateFiles(_folder).Where(path => !DurableFile.IsTemp(Path.GetFileName(path)))
            )
            {
                if (Read(path) is { } status)
                    statuses.Add(status);
            }

            return statuses;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            StatusSpoolLog.NotLoaded(log, _folder, e.Message);
            return [];
        }
    }

    private (SpooledStatus Status, DateTimeOffset Since)? Read(string path)
    {
        if (ReadStatus(path) is not { } kept || path != PathOf(kept.Status.Pod))
        {
            StatusSpoolLog.Damaged(log, path);
            Remove(path);
            return null;
        }

        if (kept.Status.Json is not null && !File.Exists(Path.Combine(cniDir, kept.Status.Sandbox.Value)))
        {
            Remove(path);
            return null;
        }

        _kept[kept.Status.Pod] = true;
        return kept;
    }

    private static (SpooledStatus Status, DateTimeOffset Since)? ReadStatus(string path)
    {
        try
        {
            return SpooledStatusFile.Read(RegularFile.Read(path));
        }
        catch (IrregularFileException)
        {
            return null; // none of ours: as a damaged one
        }
    }

    /// <returns>Whether it is gone.</returns>
    private bool Remove(string path)
    {
        try
        {
            File.Delete(path);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            StatusSpoolLog.NotForgotten(log, path, e.Message);
            return false;
        }
    }

    // A hash, for outside Kubernetes nobody has checked what the names are made of.
    private string PathOf(PodKey pod)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{pod.Namespace}/{pod.Name}"));
        return Path.Combine(_folder, Convert.ToHexStringLower(hash.AsSpan(0, NameBytes)) + ".json");
    }
}
