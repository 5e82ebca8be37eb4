using System.Buffers;
using System.Security;
using System.Text;
using Microsoft.Extensions.Logging;
using Multus.Core;
using Multus.Core.Pods;

namespace Multus.Kubernetes.Folder;

/// <summary>
/// One file per pod with the value that the API server would have in the pod's annotation. Readers see the old or the
/// new file, never half a one. What a crash loses is written again with the next ADD: nothing is undone by these files,
/// so the folder itself is not flushed.
/// </summary>
internal sealed class StatusFiles(string folder, ILogger log)
{
    private const string TempSuffix = ".tmp";
    private const string OwnerSuffix = ".sandbox";
    private const int MaxName = 255; // NAME_MAX of every file system of Linux

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create(
        "-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
    );

    /// <summary>
    /// Why a pod of this name can have no status, <c>null</c> when it can. Namespace and name are Kubernetes names:
    /// each character is one byte.
    /// </summary>
    public static string? NameProblem(PodKey pod)
    {
        var length = NameOf(pod).Length;
        return length <= MaxName
            ? null
            : "is too long: the pod's network-status would be in a file whose name, namespace_name.json, has "
                + $"{length} bytes, of which {MaxName} are possible; give the pod a shorter name";
    }

    /// <param name="owner">Whose it is, for <see cref="OwnerOf"/>; null: nobody's.</param>
    /// <exception cref="KubernetesException">It is not written.</exception>
    public void Write(PodKey pod, string json, string? owner = null)
    {
        var path = PathOf(pod);
        var temp = TempPathOf(pod, owner);
        Perform(
            pod,
            "write",
            () =>
            {
                Directory.CreateDirectory(folder);
                NoteOwner(pod, owner); // first: a status must not be taken for its predecessor's
                try
                {
                    WriteFlushed(temp, json);
                    File.Move(temp, path, overwrite: true);
                }
                catch
                {
                    File.Delete(temp);
                    throw;
                }
            }
        );
    }

    /// <exception cref="KubernetesException">It is still there.</exception>
    public void Delete(PodKey pod, string? owner = null)
    {
        if (NameProblem(pod) is not null)
            return; // there can be none
        var path = PathOf(pod);
        Perform(
            pod,
            "delete",
            () =>
            {
                if (!Directory.Exists(folder))
                    return;
                File.Delete(path);
                File.Delete(TempPathOf(pod, owner)); // of a writer that was killed
                File.Delete(OwnerPathOf(pod));
            }
        );
    }

    /// <summary>Whose the pod's status is; null when there is none, or nobody has said so.</summary>
    /// <exception cref="KubernetesException">It cannot be read.</exception>
    public string? OwnerOf(PodKey pod)
    {
        string? owner = null;
        Perform(
            pod,
            "read the owner of",
            () =>
            {
                var path = OwnerPathOf(pod);
                owner = File.Exists(path) ? File.ReadAllText(path) : null;
            }
        );
        return owner is { Length: > 0 } ? owner : null; // empty: a crash has come between
    }

    /// <summary>Removes what a crash in the middle of a write left behind.</summary>
    public void Sweep()
    {
        if (!Directory.Exists(folder))
            return;
        foreach (var temp in Directory.EnumerateFiles(folder, $".*{TempSuffix}"))
        {
            try
            {
                File.Delete(temp);
            }
            catch (Exception e) when (IsFileTrouble(e))
            {
                FolderLog.SweepFailed(log, temp, e.Message);
            }
        }
    }

    private void NoteOwner(PodKey pod, string? owner)
    {
        var path = OwnerPathOf(pod);
        if (owner is not null)
            File.WriteAllText(path, owner);
        else if (File.Exists(path))
            File.Delete(path);
    }

    // Of one owner, whose writes come one at a time: so it is known where a writer that was killed has left it.
    private string TempPathOf(PodKey pod, string? owner) =>
        Path.Combine(folder, $".{StableHash.Of($"{NameOf(pod)} {owner}")}{TempSuffix}");

    // Beside the status, which is the annotation's value and nothing else.
    private string OwnerPathOf(PodKey pod) => Path.Combine(folder, $".{StableHash.Of(NameOf(pod))}{OwnerSuffix}");

    private static void WriteFlushed(string path, string json)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None);
        file.Write(Encoding.UTF8.GetBytes(json));
        file.Flush(flushToDisk: true);
    }

    private string PathOf(PodKey pod)
    {
        if (!IsSafe(pod.Namespace) || !IsSafe(pod.Name))
            throw new KubernetesException(
                $"status of pod {pod}: the pod's namespace or name cannot be part of a file name",
                isTransient: false
            );
        return NameProblem(pod) is not { } problem
            ? Path.Combine(folder, NameOf(pod))
            : throw new KubernetesException($"status of pod {pod}: the pod's name {problem}", isTransient: false);
    }

    private static string NameOf(PodKey pod) => $"{pod.Namespace}_{pod.Name}.json";

    // Names come from the runtime's arguments, and outside Kubernetes nobody has checked them.
    private static bool IsSafe(string name) =>
        name.Length > 0 && name[0] != '.' && !name.AsSpan().ContainsAnyExcept(NameCharacters);

    private void Perform(PodKey pod, string what, Action work)
    {
        try
        {
            work();
        }
        catch (Exception e) when (IsFileTrouble(e))
        {
            throw new KubernetesException(
                $"cannot {what} the network-status of pod {pod} in {folder}: {e.Message}",
                isTransient: true,
                e
            );
        }
    }

    private static bool IsFileTrouble(Exception e) =>
        e is IOException or UnauthorizedAccessException or SecurityException;
}
