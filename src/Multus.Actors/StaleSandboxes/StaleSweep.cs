using System.Collections.Concurrent;
using System.Collections.Immutable;
using Multus.Actors.Sandboxes;
using Multus.Core.Garbage;
using Multus.Core.Planning;
using Multus.Core.Pods;
using Multus.Engine;
using Multus.Engine.Gc;
using Multus.Engine.Requests;
using Multus.Engine.State;
using Multus.Linux.Namespaces;

namespace Multus.Actors.StaleSandboxes;

/// <summary>
/// One look at all sandboxes on disk: those that have vanished are noted, and detached when they have been for the
/// grace time.
/// </summary>
internal sealed class StaleSweep(
    StaleSandboxesSettings settings,
    SandboxEngine engine,
    IActorRef sandboxes,
    ImmutableDictionary<string, DateTimeOffset> noted,
    DateTimeOffset now
)
{
    private const int AtOnce = 4;
    private const int MostNoted = 10_000; // the others are noted when these are done
    private const string RequestId = "vanished";

    private readonly SandboxFiles _files = new(settings.Configuration.CniDir);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _noted = new(StringComparer.Ordinal);
    private int _detached;
    private int _failed;

    /// <exception cref="IOException">Something is there and cannot be read.</exception>
    /// <exception cref="Multus.Cni.CniException">As above, of the result cache.</exception>
    /// <exception cref="Multus.Kubernetes.KubernetesException">The runtime did not say which sandboxes there
    /// are.</exception>
    public async Task<Swept> RunAsync(CancellationToken cancel)
    {
        var listed = await settings.Runtime.ListAsync(cancel);
        var evidenceOf = new StaleEvidenceReader(engine.Ports.NetNs, listed, HeldNamespaces.Inodes());
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel };
        await Parallel.ForEachAsync(
            new SandboxReader(_files).Stream(),
            options,
            async (found, token) =>
            {
                if (engine.IsDeleteStored(found.Known) || (found.Plan is null && found.Known.Attachments.IsEmpty))
                    return; // repeated, or given up; or nothing is known that could be detached

                var evidence = await evidenceOf.OfAsync(found, token);
                if (!StaleRules.HasVanished(evidence, Boot.Id, settings.NeedsRuntime))
                    return;

                var why = StaleEvidenceReader.Words(evidence);
                if (!noted.TryGetValue(found.Known.Id.Value, out var since))
                    Note(found.Known, why);
                else if (now - since < settings.Grace)
                    _noted[found.Known.Id.Value] = since;
                else
                    await DetachAsync(found, why, token);
            }
        );
        return new Swept(_noted.ToImmutableDictionary(StringComparer.Ordinal), _detached, _failed);
    }

    private void Note(KnownSandbox sandbox, string why)
    {
        if (_noted.Count >= MostNoted || !_noted.TryAdd(sandbox.Id.Value, now))
            return;

        StaleSandboxesLog.Noted(engine.Ports.Log, sandbox.Id.Value, why, settings.Grace.TotalSeconds);
    }

    private async Task DetachAsync(FoundSandbox found, string why, CancellationToken cancel)
    {
        var sandbox = found.Known;
        StaleSandboxesLog.Vanished(engine.Ports.Log, sandbox.Id.Value, why);
        var request = new SandboxRequest(
            RequestId,
            sandbox.Id,
            NetNs: null,
            sandbox.IfName,
            sandbox.Pod,
            settings.Configuration,
            settings.PluginPath
        );
        var detach = new CniRequest.Detach(request, StoredAs: null)
        {
            AlsoUnrecorded = true,
            Cached = found.Cached,
            IsStillMeant = plan => IsTheSame(plan, found.Plan),
        };
        var reply = await sandboxes.Ask<CniReply>(
            new SandboxesProtocol.DetachStale(detach),
            Timeout.InfiniteTimeSpan,
            cancel
        );
        if (reply is CniReply.Refused refused)
        {
            Interlocked.Increment(ref _failed);
            StaleSandboxesLog.NotDetached(engine.Ports.Log, sandbox.Id.Value, refused.Error.Text);
        }
        else
        {
            Interlocked.Increment(ref _detached);
        }
    }

    // An ADD may have come since: then the record is another, of another namespace.
    private static bool IsTheSame(AttachmentPlan plan, AttachmentPlan? judged) =>
        plan.Boot == judged?.Boot
        && plan.NetNsIdentity == judged?.NetNsIdentity
        && plan.NetNsInode == judged?.NetNsInode;
}

/// <summary>What one look has brought.</summary>
/// <param name="Noted">The sandboxes that seem to have vanished and whose grace time is not over, with the time since
/// when; bounded.</param>
internal sealed record Swept(ImmutableDictionary<string, DateTimeOffset> Noted, int Detached, int Failed);
