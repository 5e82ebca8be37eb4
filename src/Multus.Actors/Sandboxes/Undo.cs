using System.Collections.Immutable;
using Multus.Cni;
using Multus.Cni.Runtime;
using Multus.Core.Planning;

namespace Multus.Actors.Sandboxes;

/// <summary>Detaches attachments in reverse order, goes on when one fails, and keeps on record what could not be detached.</summary>
internal sealed class Undo(SandboxServices services, SandboxFiles files)
{
    /// <summary>Detaches all of <paramref name="plan"/>; when nothing is left, its record is gone too.</summary>
    /// <returns>The first failure, saying how many there were, or null.</returns>
    public async Task<CniException?> RunAsync(AttachmentPlan plan, CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource(services.Settings.DelTimeout, services.Time);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        var runtime = services.RuntimeOn(files);
        var left = ImmutableArray.CreateBuilder<PlannedAttachment>();
        CniException? first = null;
        foreach (var attachment in plan.Attachments.Reverse())
        {
            if (await DetachAsync(runtime, attachment, plan, cancel.Token).ConfigureAwait(false) is not { } failure)
                continue;

            first ??= failure;
            left.Insert(0, attachment);
        }

        var unrecorded = Record(plan with { Attachments = left.ToImmutable(), IsLeftover = true });
        if (first is null)
            return unrecorded;
        return left.Count == 1 ? first : new CniException(first.Error with { Message = $"{first.Error.Message} (and {left.Count - 1} more)" }, first);
    }

    // When it fails the record says more than is left, never less: the next DEL detaches some of it once more, which does no harm.
    private CniException? Record(AttachmentPlan left)
    {
        try
        {
            if (left.Attachments.IsEmpty)
                files.Remove(left.Sandbox);
            else
                files.Write(left);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SandboxLog.NotRecorded(services.Log, left.Sandbox.Value, e.Message);
            return new CniException(new CniError(CniErrorCode.Io, $"record of sandbox {left.Sandbox} could not be brought up to date: {e.Message}"), e);
        }
    }

    private async Task<CniException?> DetachAsync(CniRuntime runtime, PlannedAttachment attachment, AttachmentPlan plan, CancellationToken cancel)
    {
        try
        {
            await runtime.DeleteAsync(attachment.Configuration, attachment.Parameters, cancel).ConfigureAwait(false);
            return null;
        }
        catch (CniException e)
        {
            return NotUndone(e, attachment, plan);
        }
        catch (OperationCanceledException e)
        {
            return NotUndone(new CniException(new CniError(CniErrorCode.TryAgainLater, "given up: out of time, or the daemon is stopping"), e), attachment, plan);
        }
    }

    private CniException NotUndone(CniException failure, PlannedAttachment attachment, AttachmentPlan plan)
    {
        SandboxLog.NotUndone(services.Log, plan.Sandbox.Value, attachment.DisplayName, attachment.Parameters.IfName, failure.Error.Text);
        return SandboxErrors.About(attachment.DisplayName, attachment.Parameters.IfName, "DEL", failure);
    }
}
