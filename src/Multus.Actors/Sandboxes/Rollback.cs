using System.Collections.Frozen;
using System.Collections.Immutable;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Cni.Runtime;
using Multus.Core.Planning;
using Multus.Linux.Namespaces;
using static Multus.Actors.Sandboxes.SandboxProtocol;

namespace Multus.Actors.Sandboxes;

/// <summary>
/// Detaches attachments in the reverse order of their waves, whatever happens to one of them. What could not be
/// detached is on record, and a DEL of the sandbox is stored, before it returns: the daemon repeats it until it is
/// done, should nobody ask for it again.
/// </summary>
internal sealed class Rollback(SandboxServices services, SandboxFiles files, SandboxRequest request)
{
    // Plugins that keep something on the node itself, where an interface's going does not take it away.
    private static readonly FrozenSet<string> NodeKeepers = FrozenSet.Create(
        StringComparer.Ordinal,
        "portmap",
        "firewall",
        "bandwidth"
    );

    /// <summary>
    /// Detaches all of <paramref name="plan"/>, what is stuck as well; when nothing is left, its record is gone too.
    /// </summary>
    /// <param name="clear">What else goes when all is detached; before the record, which leads to it.</param>
    /// <returns>Never an exception.</returns>
    public async Task<RollbackResult> RunAsync(
        AttachmentPlan plan,
        CancellationToken stopping,
        Func<Task>? clear = null
    )
    {
        RollbackResult undone;
        var all = plan with { Attachments = [.. plan.Attachments, .. plan.Stuck.Select(WithoutNetNs)], Stuck = [] };
        try
        {
            undone = await DetachAllAsync(all, clear, stopping).ConfigureAwait(false);
        }
        catch (Exception e) // a bug: the record still says what is left
        {
            SandboxLog.UndoCrashed(services.Log, plan.Sandbox.Value, e);
            undone = new RollbackResult(new CniException(SandboxErrors.From(e, request.Id), e), []);
        }

        if (undone.IsWhole)
            services.Detached.Remember(request.Configuration.CniDir, plan.Sandbox);
        else
            services.StoreDelete(request);
        return undone;
    }

    /// <summary>The same attachment, to be detached without a namespace: its own is not there any more.</summary>
    public static PlannedAttachment WithoutNetNs(PlannedAttachment attachment) =>
        attachment with
        {
            Parameters = attachment.Parameters with { NetNs = null },
        };

    private async Task<RollbackResult> DetachAllAsync(
        AttachmentPlan plan,
        Func<Task>? clear,
        CancellationToken stopping
    )
    {
        using var limit = new CancellationTokenSource(services.Settings.DelTimeout, services.Time);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        var runtime = services.RuntimeOn(files);
        var failures = new Failure?[plan.Attachments.Length];
        foreach (var wave in Backwards(AttachWaves.Of(plan.Attachments, request.Configuration.AttachMode)))
        {
            var detaching = Backwards(wave)
                .ConvertAll(async index =>
                    failures[index] = await DetachAsync(runtime, plan.Attachments[index], plan, cancel.Token)
                        .ConfigureAwait(false)
                );
            await Task.WhenAll(detaching).ConfigureAwait(false);
        }

        var first = failures.LastOrDefault(failure => failure is not null)?.Error;
        if (first is null && clear is not null)
            await clear().ConfigureAwait(false);
        var left = await JudgeAsync(plan, failures, stopping).ConfigureAwait(false);
        var unrecorded = Record(
            plan with
            {
                Attachments = [.. left.Select(behind => behind.Attachment)],
                IsLeftover = true,
            }
        );
        if (first is null)
            return new RollbackResult(unrecorded, []);
        return new RollbackResult(
            left.Length == 1
                ? first
                : new CniException(
                    first.Error with
                    {
                        Message = $"{first.Error.Message} (and {left.Length - 1} more)",
                    },
                    first
                ),
            left
        );
    }

    private async Task<ImmutableArray<LeftBehind>> JudgeAsync(
        AttachmentPlan plan,
        Failure?[] failures,
        CancellationToken stopping
    )
    {
        var gone = new Dictionary<string, bool>(StringComparer.Ordinal);
        var left = ImmutableArray.CreateBuilder<LeftBehind>();
        for (var index = 0; index < failures.Length; index++)
        {
            if (failures[index] is not { } failure)
                continue;

            var attachment = plan.Attachments[index];
            var netNs = attachment.Parameters.NetNs ?? "";
            if (!gone.TryGetValue(netNs, out var isGone))
                gone[netNs] = isGone = netNs.Length == 0 || await IsGoneAsync(netNs, stopping).ConfigureAwait(false);
            var wasNever =
                attachment.Begun is not null
                || (plan.Boot is { } boot && boot == Boot.Id && !files.HasResult(attachment));
            left.Add(
                new LeftBehind(
                    wasNever
                        ? attachment with
                        {
                            Begun = attachment.Begun ?? attachment.Configuration.Plugins.Length,
                        }
                        : attachment,
                    isGone,
                    wasNever,
                    isGone
                        && failure.Plugins is { } plugins
                        && (wasNever || plugins.TrueForAll(at => KeepsNothing(attachment.Configuration, at))),
                    failure.Error.Error.Text
                )
            );
        }

        return left.ToImmutable();
    }

    private async Task<bool> IsGoneAsync(string netNs, CancellationToken stopping)
    {
        try
        {
            return !(await services.InspectAsync(netNs, stopping).ConfigureAwait(false)).MayBeThere;
        }
        catch (OperationCanceledException)
        {
            return false; // the daemon stops: nobody can say, and what is left has to go on record
        }
    }

    // The first of a chain makes the interface, and who holds addresses has to let them go: neither is ever given up
    // once it was attached.
    private static bool KeepsNothing(NetworkConfiguration network, int at) =>
        at > 0 && !NodeKeepers.Contains(network.Plugins[at].Type) && network.Plugins[at].IpamType.Length == 0;

    private static List<T> Backwards<T>(ImmutableArray<T> items)
    {
        List<T> backwards = [.. items];
        backwards.Reverse();
        return backwards;
    }

    // When it fails the record says more than is left, never less: the next DEL detaches some of it once more, which
    // does no harm.
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
            return new CniException(
                new CniError(
                    CniErrorCode.Io,
                    $"record of sandbox {left.Sandbox} could not be brought up to date: {e.Message}"
                ),
                e
            );
        }
    }

    private async Task<Failure?> DetachAsync(
        CniRuntime runtime,
        PlannedAttachment attachment,
        AttachmentPlan plan,
        CancellationToken cancel
    )
    {
        var failed = new List<int>();
        try
        {
            await runtime
                .DeleteAsync(attachment.Configuration, attachment.Parameters, cancel, attachment.Begun, failed)
                .ConfigureAwait(false);
            DeviceInfoFiles.Remove(attachment, services.Log);
            return null;
        }
        catch (CniException e)
        {
            return new Failure(NotUndone(e, attachment, plan), failed.Count > 0 ? failed : null);
        }
        catch (OperationCanceledException e)
        {
            return new Failure(
                NotUndone(
                    new CniException(
                        new CniError(CniErrorCode.TryAgainLater, "given up: out of time, or the daemon is stopping"),
                        e
                    ),
                    attachment,
                    plan
                ),
                null
            );
        }
        catch (Exception e) // a bug, ours or a file's that nobody expected: the others must be detached all the same
        {
            SandboxLog.UndoCrashed(services.Log, plan.Sandbox.Value, e);
            return new Failure(
                NotUndone(new CniException(SandboxErrors.From(e, request.Id), e), attachment, plan),
                null
            );
        }
    }

    private CniException NotUndone(CniException failure, PlannedAttachment attachment, AttachmentPlan plan)
    {
        SandboxLog.NotUndone(
            services.Log,
            plan.Sandbox.Value,
            attachment.DisplayName,
            attachment.Parameters.IfName,
            failure.Error.Text
        );
        return SandboxErrors.About(attachment.DisplayName, attachment.Parameters.IfName, "DEL", failure);
    }

    /// <param name="Plugins">The places in the chain of those that failed; null when it was none of them.</param>
    private sealed record Failure(CniException Error, List<int>? Plugins);
}
