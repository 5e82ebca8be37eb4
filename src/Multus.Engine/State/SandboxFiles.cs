using System.Text;
using Multus.Cni;
using Multus.Cni.Results;
using Multus.Cni.Runtime;
using Multus.Core.Planning;
using Multus.Core.Pods;
using Multus.Core.Records;
using Multus.Engine.Attach;
using Multus.Engine.Ports;
using Multus.Engine.Requests;
using Multus.Linux.Files;
using Multus.Linux.Plugins;
using Multus.Wire;

namespace Multus.Engine.State;

/// <summary>
/// What a node keeps on disk about its sandboxes, under <c>cniDir</c>, in the places and formats of upstream (attach.md
/// §15, cni-runtime.md §11).
/// </summary>
public sealed class SandboxFiles
{
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const string ResultsFolder = "results";

    private readonly string _cniDir;

    public SandboxFiles(string cniDir)
    {
        _cniDir = cniDir;
        Results = new FileResultCache(Path.Combine(cniDir, ResultsFolder));
        Networks = new NetworkFiles(cniDir);
    }

    public FileResultCache Results { get; }

    public NetworkFiles Networks { get; }

    /// <summary>
    /// What the plugins of an attachment answered; null if nothing whole is kept of it: then its ADD has not finished.
    /// </summary>
    /// <exception cref="CniException">It is kept, and is no result, or one in a version that is not spoken.</exception>
    public CniResult? ResultOf(PlannedAttachment attachment)
    {
        var cached = Results.Load(
            attachment.Configuration.Name,
            attachment.Parameters.Sandbox.Value,
            attachment.Parameters.IfName
        );
        return cached is { Damaged: null, Result.IsEmpty: false }
            ? CniResult.Parse(cached.Result, attachment.Configuration.Version)
            : null;
    }

    /// <summary>Whether anything at all is kept of what the plugins answered.</summary>
    public bool HasResult(PlannedAttachment attachment)
    {
        try
        {
            return Results.Load(
                attachment.Configuration.Name,
                attachment.Parameters.Sandbox.Value,
                attachment.Parameters.IfName
            )
                is not null;
        }
        catch (CniException e)
        {
            // Of a name that no file can have nothing can be kept; what cannot be read is there.
            return e.Error.Code != CniErrorCode.InvalidNetworkConfig;
        }
    }

    /// <summary>
    /// As <see cref="ResultOf"/>, and null also for what cannot be read: who can attach anew does so, as if the ADD had
    /// never finished.
    /// </summary>
    public CniResult? ReadableResultOf(PlannedAttachment attachment)
    {
        try
        {
            return ResultOf(attachment);
        }
        catch (CniException e) when (e.Error.Code is CniErrorCode.Decode or CniErrorCode.IncompatibleVersion)
        {
            return null;
        }
    }

    /// <summary>
    /// Puts the plan on record, and its networks among those ever attached here; when this returns, both survive a
    /// crash of the daemon and of the node.
    /// </summary>
    public void Write(AttachmentPlan plan)
    {
        DurableFile.CreateFolder(_cniDir, FolderMode);
        DurableFile.Replace(PathOf(plan.Sandbox), SandboxRecord.Write(plan), FileMode);
        foreach (var attachment in plan.Attachments)
            // After the record: see CollectOperation, which forgets networks.
            Networks.Remember(AttachedNetwork.Of(attachment));
    }

    /// <summary>
    /// The sandboxes that have a record, readable or not; one after the other, so that they may go while they are gone
    /// through.
    /// </summary>
    public IEnumerable<SandboxId> Records()
    {
        if (!Directory.Exists(_cniDir))
            yield break;

        foreach (var path in Directory.EnumerateFiles(_cniDir))
        {
            var name = Path.GetFileName(path);
            if (!DurableFile.IsTemp(name) && SandboxId.TryParse(name, out var id))
                yield return id;
        }
    }

    /// <summary>
    /// The cached results of sandboxes that have no record. Told by their names, as far as these can tell, for to read
    /// them all takes long.
    /// </summary>
    public IEnumerable<CachedAttachment> UnrecordedResults() =>
        Results
            .Stream(name => !MayBeOfARecord(name))
            .Where(entry => SandboxId.TryParse(entry.ContainerId, out var id) && !Has(id));

    // network-container-interface: any part may have a dash in it, so every stretch between two may be the container's.
    private bool MayBeOfARecord(string name)
    {
        for (var from = name.IndexOf('-', StringComparison.Ordinal); from >= 0; from = name.IndexOf('-', from + 1))
        {
            for (var to = name.IndexOf('-', from + 1); to >= 0; to = name.IndexOf('-', to + 1))
            {
                if (SandboxId.TryParse(name[(from + 1)..to], out var id) && Has(id))
                    return true;
            }
        }

        return false;
    }

    /// <summary>Whether there is a record of the sandbox, readable or not.</summary>
    public bool Has(SandboxId sandbox) => File.Exists(PathOf(sandbox));

    /// <summary>The plan on record, or null if there is none.</summary>
    /// <exception cref="RecordFormatException">The record is damaged, or of a format that this version does not
    /// know.</exception>
    public AttachmentPlan? Read(RecordContext context)
    {
        byte[] record;
        try
        {
            record = RegularFile.Read(PathOf(context.Sandbox));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null; // only "not found" may mean "nothing on record"
        }

        return SandboxRecord.Read(record, context);
    }

    /// <summary>As <see cref="Read"/>, for who can do nothing with a damaged record.</summary>
    /// <exception cref="CniException">Code 6: it is damaged, or of a format that this version does not
    /// know.</exception>
    public AttachmentPlan? ReadUndamaged(RecordContext context)
    {
        try
        {
            return Read(context);
        }
        catch (RecordFormatException e)
        {
            throw new CniException(
                new CniError(CniErrorCode.Decode, $"record of sandbox {context.Sandbox} is damaged: {e.Message}"),
                e
            );
        }
    }

    /// <summary>
    /// Removes what a writer that was killed has left of this sandbox: the caller has its lock, so nobody writes. Goes
    /// through the folders.
    /// </summary>
    /// <exception cref="FileException">One could not be removed.</exception>
    public void SweepTemps(SandboxId sandbox)
    {
        foreach (var folder in new[] { "", ResultsFolder, PendingDelete.FolderName })
        {
            DurableFile.SweepTemps(
                Path.Combine(_cniDir, folder),
                name => name.Contains(sandbox.Value, StringComparison.Ordinal)
            );
        }
    }

    // Not flushed: a record that comes back after a power cut is deleted once more, which does no harm.
    public void Remove(SandboxId sandbox)
    {
        try
        {
            File.Delete(PathOf(sandbox));
        }
        catch (DirectoryNotFoundException)
        {
            // Nothing was ever attached here: the sandbox is one of the cluster network's.
        }
    }

    private string PathOf(SandboxId sandbox) => Path.Combine(_cniDir, sandbox.Value);
}
