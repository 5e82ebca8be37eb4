using System.Collections.Immutable;
using Multus.Cni;
using Multus.Cni.Runtime;
using Multus.Core.Pods;
using Multus.Core.Records;
using Multus.Linux.Files;
using Multus.Linux.Plugins;
using Multus.Wire;

namespace Multus.Engine.State;

/// <summary>
/// The operator's side of stored DELs. It works on the files alone, so it does with a daemon and without: one that runs
/// sees what has become a stored DEL again and tries it.
/// </summary>
public sealed class StoredDeleteFiles(string cniDir)
{
    /// <summary>Where they are.</summary>
    public string Folder { get; } = Path.Combine(cniDir, PendingDelete.FolderName);

    /// <summary>All, by name: those that wait and those that were given up.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public IEnumerable<StoredDeleteFile> List()
    {
        foreach (var name in FileNames().Order(StringComparer.Ordinal))
        {
            if (PendingDelete.IsPendingFile(name) && Read(name, name, isGivenUp: false) is { } waiting)
                yield return waiting;
            if (GivenUpDelete.Is(name) && Read(name, GivenUpDelete.StoredNameOf(name), isGivenUp: true) is { } givenUp)
                yield return givenUp;
        }
    }

    /// <summary>The names of those that were given up.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public ImmutableArray<string> GivenUp() =>
        [.. FileNames().Where(GivenUpDelete.Is).Select(GivenUpDelete.StoredNameOf)];

    /// <summary>One that was given up becomes a stored DEL again, which the daemon tries.</summary>
    /// <exception cref="IOException">It cannot be renamed.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public StoredDeleteChange Retry(string name)
    {
        if (Objection(name) is { } objection)
            return objection;

        File.Move(PathOf(GivenUpDelete.NameOf(name)), PathOf(name), overwrite: true);
        return new StoredDeleteChange.Done(null);
    }

    /// <summary>
    /// One that was given up is forgotten, and so is what is left on record of its sandbox; what it was about stays
    /// where it is.
    /// </summary>
    /// <exception cref="IOException">It cannot be removed.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public StoredDeleteChange Drop(string name)
    {
        if (Objection(name) is { } objection)
            return objection;

        // The record goes first: should this be interrupted, the DEL that is left finds nothing to do.
        var kept = ForgetSandbox(name);
        DurableFile.Delete(PathOf(GivenUpDelete.NameOf(name)));
        return new StoredDeleteChange.Done(kept);
    }

    private StoredDeleteChange? Objection(string name)
    {
        var isName = name == Path.GetFileName(name);
        if (isName && File.Exists(PathOf(GivenUpDelete.NameOf(name))))
            return null;
        return isName && File.Exists(PathOf(name)) ? new StoredDeleteChange.Waits() : new StoredDeleteChange.Unknown();
    }

    // Only what is left over: a record of a sandbox that is attached is none of this DEL's.
    private string? ForgetSandbox(string name)
    {
        try
        {
            var body = CniRequestBody.Parse(File.ReadAllBytes(PathOf(GivenUpDelete.NameOf(name))));
            if (!SandboxId.TryParse(body.Variable("CNI_CONTAINERID"), out var sandbox))
                return null;

            var record = Path.Combine(cniDir, sandbox.Value);
            var plan = SandboxRecord.Read(
                File.ReadAllBytes(record),
                new RecordContext(sandbox, null, "", PodIdentity.None, [])
            );
            if (!plan.IsLeftover)
                return null;

            var results = new FileResultCache(Path.Combine(cniDir, "results"));
            foreach (
                var attachment in plan.Attachments.Where(left =>
                    CachedAttachmentCodec.IsFileName(left.Configuration.Name, sandbox.Value, left.Parameters.IfName)
                )
            )
                results.Remove(attachment.Configuration.Name, sandbox.Value, attachment.Parameters.IfName);
            DurableFile.Delete(record);
            return null;
        }
        catch (FileNotFoundException)
        {
            return null; // no record: nothing more to forget
        }
        catch (Exception e) when (e is RecordFormatException or CniException or WireFormatException)
        {
            return e.Message;
        }
    }

    private StoredDeleteFile? Read(string file, string name, bool isGivenUp)
    {
        byte[] content;
        try
        {
            content = File.ReadAllBytes(PathOf(file));
        }
        catch (FileNotFoundException)
        {
            return null; // done meanwhile
        }

        var since = File.GetLastWriteTimeUtc(PathOf(file));
        var read = new StoredDeleteFile(name, isGivenUp, since, isGivenUp ? GivenUpDelete.LeftIn(content) : []);
        try
        {
            var body = CniRequestBody.Parse(content);
            return read with
            {
                Sandbox = body.Variable("CNI_CONTAINERID") ?? "",
                IfName = body.Variable("CNI_IFNAME") ?? "",
                Pod = PodIdentity.OfDelete(CniArgs.Parse(body.Variable("CNI_ARGS"))),
            };
        }
        catch (Exception e) when (e is WireFormatException or CniException)
        {
            return read; // its name says enough
        }
    }

    private IEnumerable<string> FileNames() =>
        Directory.Exists(Folder) ? Directory.EnumerateFiles(Folder).Select(path => Path.GetFileName(path)) : [];

    private string PathOf(string name) => Path.Combine(Folder, name);
}
