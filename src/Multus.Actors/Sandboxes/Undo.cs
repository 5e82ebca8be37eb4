using System.Collections.Immutable;
using Multus.Cni;
using Multus.Cni.Runtime;
using Multus.Core.Planning;
using static Multus.Actors.Sandboxes.SandboxProtocol;

namespace Multus.Actors.Sandboxes;

/// <summary>
/// Detaches attachments in the reverse order of their waves, whatever happens to one of them. What could not be detached is on record, and a DEL of
/// the sandbox is stored, before it returns: the daemon repeats it until it is done, should nobody ask for it again.
/// </summary>
internal sealed class Undo(SandboxServices services, SandboxFiles files, SandboxRequest request)
{
    /// <summary>Detaches all of <paramref name="plan"/>; when nothing is left, its record is gone too.</summary>
    /// <param name="clear">What else goes when all is detached; before the record, which leads to it.</param>
    /// <returns>The first failure, saying how many there were, or null. Never an exception.</returns>
    public async Task<CniException?> RunAsync(AttachmentPlan plan, CancellationToken stopping, Func<Task>? clear = null)
    {
        CniException? failure;
        try
        {
            failure = await DetachAllAsync(plan, clear, stopping).ConfigureAwait(false);
        }
        catch (Exception e) // a bug: the record still says what is left
        {
            SandboxLog.UndoCrashed(services.Log, plan.Sandbox.Value, e);
            failure = new CniException(SandboxErrors.From(e, request.Id), e);
        }

        if (failure is not null)
            services.StoreDelete(request);
        return failure;
    }

    private async Task<CniException?> DetachAllAsync(AttachmentPlan plan, Func<Task>? clear, CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource(services.Settings.DelTimeout, services.Time);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        var runtime = services.RuntimeOn(files);
        var failures = new CniException?[plan.Attachments.Length];
        foreach (var wave in Backwards(AttachWaves.Of(plan.Attachments, request.Configuration.AttachMode)))
        {
            var detaching = Backwards(wave).ConvertAll(
                async index => failures[index] = await DetachAsync(runtime, plan.Attachments[index], plan, cancel.Token).ConfigureAwait(false));
            await Task.WhenAll(detaching).ConfigureAwait(false);
        }

        var first = failures.LastOrDefault(failure => failure is not null);
        if (first is null && clear is not null)
            await clear().ConfigureAwait(false);
        ImmutableArray<PlannedAttachment> left = [.. plan.Attachments.Where((_, index) => failures[index] is not null)];
        var unrecorded = Record(plan with { Attachments = left, IsLeftover = true });
        if (first is null)
            return unrecorded;
        return left.Length == 1 ? first : new CniException(first.Error with { Message = $"{first.Error.Message} (and {left.Length - 1} more)" }, first);
    }

    private static List<T> Backwards<T>(ImmutableArray<T> items)
    {
        List<T> backwards = [.. items];
        backwards.Reverse();
        return backwards;
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
            DeviceInfoFiles.Remove(attachment, services.Log);
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
        catch (Exception e) // a bug, ours or a file's that nobody expected: the others must be detached all the same
        {
            SandboxLog.UndoCrashed(services.Log, plan.Sandbox.Value, e);
            return NotUndone(new CniException(SandboxErrors.From(e, request.Id), e), attachment, plan);
        }
    }

    private CniException NotUndone(CniException failure, PlannedAttachment attachment, AttachmentPlan plan)
    {
        SandboxLog.NotUndone(services.Log, plan.Sandbox.Value, attachment.DisplayName, attachment.Parameters.IfName, failure.Error.Text);
        return SandboxErrors.About(attachment.DisplayName, attachment.Parameters.IfName, "DEL", failure);
    }
}
