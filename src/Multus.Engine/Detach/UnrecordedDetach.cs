using System.Collections.Immutable;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Cni.Runtime;
using Multus.Core.Networks;
using Multus.Core.Planning;
using Multus.Core.Pods;
using Multus.Engine.Attach;
using Multus.Engine.Ports;
using Multus.Engine.Requests;
using Multus.Engine.State;
using Multus.Linux.Plugins;

namespace Multus.Engine.Detach;

/// <summary>
/// Detaches a sandbox of which nothing is on record: what the cluster network attached while Multus was not there, and
/// nobody else will free. It goes by the result cache of the runtime's own CNI library, else by the cluster network as
/// it is now; what was detached already is done at once.
/// </summary>
internal sealed class UnrecordedDetach(SandboxEngine engine, SandboxFiles files, SandboxRequest request)
{
    public async Task<RollbackResult> RunAsync(CancellationToken stopping)
    {
        if (engine.Detached.Has(request.Configuration.CniDir, request.Sandbox))
        {
            SandboxLog.DetachedBefore(engine.Log, request.Sandbox.Value, request.Id);
            return RollbackResult.Nothing;
        }

        await TakeTurnAsync(stopping).ConfigureAwait(false);
        try
        {
            var cached = FromRuntimeCache();
            return cached.IsEmpty
                ? await DetachClusterNetworkAsync(stopping).ConfigureAwait(false)
                : await DetachCachedAsync(cached, stopping).ConfigureAwait(false);
        }
        finally
        {
            engine.UnrecordedTurns.Release();
        }
    }

    private async Task TakeTurnAsync(CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource(engine.Limits.DelTimeout, engine.Time);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        try
        {
            await engine.UnrecordedTurns.TakeAsync(cancel.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!stopping.IsCancellationRequested)
        {
            throw new CniException(
                new CniError(
                    CniErrorCode.TryAgainLater,
                    $"DEL of sandbox {request.Sandbox}, which Multus did not attach, did not begin within "
                        + $"{engine.Limits.DelTimeout.TotalSeconds:0.###} s: others of its kind are before it"
                ),
                e
            );
        }
    }

    // The entries stay until nothing more is needed of them: all is detached, or what is left is on record with what it
    // needs in our own cache.
    private async Task<RollbackResult> DetachCachedAsync(ImmutableArray<KnownEntry> cached, CancellationToken stopping)
    {
        foreach (var (entry, network) in cached)
        {
            SandboxLog.DetachesUnrecorded(
                engine.Log,
                request.Sandbox.Value,
                network.Name,
                request.Configuration.RuntimeCacheDir,
                request.Id
            );
            files.Results.Store(entry with { NetworkName = network.Name });
        }

        var undone = await UndoAsync(
                [.. cached.Select((known, index) => DetachOperation.Planned(known.Entry, index, request))],
                stopping
            )
            .ConfigureAwait(false);
        if (undone.IsWhole || files.Has(request.Sandbox))
        {
            foreach (var (entry, _) in cached)
                RemoveFromRuntimeCache(entry);
        }

        return undone;
    }

    private async Task<RollbackResult> DetachClusterNetworkAsync(CancellationToken stopping)
    {
        PlannedAttachment attachment;
        try
        {
            attachment = await ClusterNetworkAsync(stopping).ConfigureAwait(false);
        }
        catch (Exception e) when (e is CniException or IOException or UnauthorizedAccessException)
        {
            SandboxLog.UnrecordedNotDetached(
                engine.Log,
                request.Sandbox.Value,
                e is CniException cni ? cni.Error.Text : e.Message,
                request.Id
            );
            return RollbackResult.Nothing;
        }

        SandboxLog.DetachesUnrecorded(
            engine.Log,
            request.Sandbox.Value,
            attachment.DisplayName,
            "the node's configuration now",
            request.Id
        );
        return await UndoAsync([attachment], stopping).ConfigureAwait(false);
    }

    // That it was ever attached is not known, so its DEL may be given up one day, as that of an ADD which failed: hence
    // what it has begun.
    private async Task<PlannedAttachment> ClusterNetworkAsync(CancellationToken stopping)
    {
        var configuration = request.Configuration with
        {
            AuxiliaryChainName = "",
            Delegates = [.. request.Configuration.Delegates.Take(1)],
        };
        var demand = NetworkLookup.OfNode(configuration);
        var known = await NetworkSource
            .GatherAsync(demand, configuration, PodIdentity.None, engine.Ports, stopping, fromMemory: true)
            .ConfigureAwait(false);
        var wanted = new PlanRequest(
            request.Sandbox,
            "",
            request.IfName,
            request.Pod,
            configuration,
            request.PluginPath
        )
        {
            ClusterArgs = request.ClusterArgs,
        };
        var attachment = AttachmentPlanner.Plan(wanted, pod: null, demand, known).Attachments[0];
        if (ConfigurationFiles.RunsMultus(attachment.Configuration))
            throw new CniException(
                CniErrorCode.InvalidNetworkConfig,
                $"cluster network {attachment.Configuration.Name} runs Multus itself"
            );
        return attachment with { Begun = attachment.Configuration.Plugins.Length };
    }

    // Its status is not cleared: Multus has written none.
    private async Task<RollbackResult> UndoAsync(
        ImmutableArray<PlannedAttachment> attachments,
        CancellationToken stopping
    )
    {
        var plan = new AttachmentPlan(request.Sandbox, "", request.Pod, request.Configuration.Version, attachments)
        {
            RuntimeIfName = request.IfName.Value,
        };
        var netNs = await DetachOperation.NamespaceOfAsync(engine, request, plan, stopping).ConfigureAwait(false);
        return await new Rollback(engine, files, request)
            .RunAsync(DetachOperation.In(netNs, request, plan with { NetNs = request.NetNs ?? "" }), stopping)
            .ConfigureAwait(false);
    }

    private ImmutableArray<KnownEntry> FromRuntimeCache()
    {
        try
        {
            return
            [
                .. new FileResultCache(request.Configuration.RuntimeCacheDir)
                    .Stream(IsMaybeOurs)
                    .Where(entry =>
                        entry.ContainerId == request.Sandbox.Value
                        && entry.IfName == request.IfName.Value
                        && !entry.Config.IsEmpty
                    )
                    .Select(entry => new KnownEntry(entry, NetworkConfiguration.Parse(entry.Config)))
                    // The entry of the runtime's own call of us, if it has made one.
                    .Where(known => !ConfigurationFiles.RunsMultus(known.Network)),
            ];
        }
        catch (Exception e) when (e is CniException or IOException or UnauthorizedAccessException)
        {
            SandboxLog.RuntimeCacheFailed(
                engine.Log,
                request.Configuration.RuntimeCacheDir,
                request.Sandbox.Value,
                e is CniException cni ? cni.Error.Text : e.Message
            );
            return [];
        }
    }

    /// <summary>An entry of the runtime's cache, and the network that it was attached to.</summary>
    private sealed record KnownEntry(CachedAttachment Entry, NetworkConfiguration Network);

    // network-container-interface, where any part may have a dash in it.
    private bool IsMaybeOurs(string fileName) =>
        fileName.EndsWith($"-{request.Sandbox}-{request.IfName}", StringComparison.Ordinal);

    private void RemoveFromRuntimeCache(CachedAttachment entry)
    {
        try
        {
            new FileResultCache(request.Configuration.RuntimeCacheDir).Remove(
                entry.NetworkName,
                entry.ContainerId,
                entry.IfName
            );
        }
        catch (CniException e)
        {
            SandboxLog.RuntimeCacheFailed(
                engine.Log,
                request.Configuration.RuntimeCacheDir,
                request.Sandbox.Value,
                e.Error.Text
            );
        }
    }
}
