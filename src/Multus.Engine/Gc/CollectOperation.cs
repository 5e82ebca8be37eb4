using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Cni.Runtime;
using Multus.Core.Garbage;
using Multus.Core.Pods;
using Multus.Core.Records;
using Multus.Engine.Attach;
using Multus.Engine.Ports;
using Multus.Engine.Requests;
using Multus.Engine.State;

namespace Multus.Engine.Gc;

/// <summary>
/// One GC: detaches the sandboxes that the runtime does not list, then has the plugins of every network that was ever
/// attached here free what belongs to none of those that stay (docs/decisions/0013-garbage-collection.md).
/// </summary>
/// <param name="detach">Detaches a sandbox in its turn; answers <see cref="CniReply.Done"/> without doing anything when
/// it is being worked on.</param>
internal sealed class CollectOperation(
    SandboxEngine engine,
    Func<CniRequest.Detach, CancellationToken, Task<CniReply>> detach
)
{
    // A node full of stale sandboxes must not fill all plugin slots with DELs: this is half of the slots that there are
    // unless an operator says otherwise.
    private static readonly int DetachedAtOnce = Math.Max(6, 2 * Environment.ProcessorCount);

    private readonly ConcurrentQueue<CniException> _failures = [];
    private readonly ConcurrentDictionary<string, bool> _uncollected = new(StringComparer.Ordinal);

    public async Task<CniReply> RunAsync(CniRequest.CollectGarbage collect, CancellationToken stopping)
    {
        if (collect.Configuration.DisableGc)
        {
            GarbageLog.Disabled(engine.Log, collect.Id);
            return new CniReply.Done();
        }

        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(collect.Abandoned, stopping);
        try
        {
            var files = new SandboxFiles(collect.Configuration.CniDir);
            await DetachStaleAsync(collect, files, cancel.Token).ConfigureAwait(false);
            await CollectNetworksAsync(collect, files, cancel.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return new CniReply.Refused(
                new CniError(CniErrorCode.TryAgainLater, "GC was given up: its caller went away")
            );
        }
        catch (Exception e)
            when (e is CniException or IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            return new CniReply.Refused(RequestErrors.From(e, collect.Id));
        }

        return Result(collect.Id);
    }

    // As they are found, few at a time, and none is remembered: what is done when it is cut off is done, and the next
    // GC goes on with the rest.
    private async Task DetachStaleAsync(CniRequest.CollectGarbage collect, SandboxFiles files, CancellationToken cancel)
    {
        GarbageLog.Begun(engine.Log, collect.Valid.Length, collect.Id);
        var listed = collect.Valid.Select(attachment => attachment.ContainerId).ToHashSet(StringComparer.Ordinal);
        var reader = new SandboxReader(files);
        var networks = files
            .Networks.List(NullLogger.Instance)
            .ToDictionary(network => network.Key, StringComparer.Ordinal);
        var options = new ParallelOptions { MaxDegreeOfParallelism = DetachedAtOnce, CancellationToken = cancel };
        var detached = 0;
        try
        {
            await Parallel
                .ForEachAsync(
                    Stale(),
                    options,
                    async (found, token) =>
                    {
                        await DetachAsync(collect, found, token).ConfigureAwait(false);
                        Interlocked.Increment(ref detached);
                    }
                )
                .ConfigureAwait(false);
        }
        finally
        {
            GarbageLog.StaleDone(engine.Log, detached, collect.Id);
        }

        IEnumerable<FoundSandbox> Stale()
        {
            foreach (var found in reader.Stream())
            {
                if (!GarbageRules.IsStale(found.Known, listed) || engine.IsDeleteStored(found.Known))
                    continue;

                Remember(files.Networks, networks, found.Networks);
                yield return found;
            }
        }
    }

    private async Task DetachAsync(CniRequest.CollectGarbage collect, FoundSandbox found, CancellationToken cancel)
    {
        var sandbox = found.Known;
        var request = new SandboxRequest(
            collect.Id,
            sandbox.Id,
            NetNs: null,
            sandbox.IfName,
            sandbox.Pod,
            collect.Configuration,
            collect.PluginPath
        );
        var stale = new CniRequest.Detach(request, StoredAs: null) { AlsoUnrecorded = true, Cached = found.Cached };
        if (await detach(stale, cancel).ConfigureAwait(false) is not CniReply.Refused refused)
            return;
        if (refused.IsStored)
            // Done or remembered, as any DEL: not GC's failure.
            GarbageLog.Failed(engine.Log, collect.Id, $"sandbox {sandbox.Id}: {refused.Error.Text}; it is repeated");
        else
            Failed($"sandbox {sandbox.Id}: ", new CniException(refused.Error));
    }

    // What upstream's daemon attached, and what has another configuration since: the records go, this stays.
    private static void Remember(
        NetworkFiles files,
        Dictionary<string, AttachedNetwork> remembered,
        IEnumerable<AttachedNetwork> attached
    )
    {
        foreach (var network in attached)
        {
            if (
                remembered.TryGetValue(network.Key, out var before)
                && before.Configuration.Bytes.Span.SequenceEqual(network.Configuration.Bytes.Span)
            )
                continue;

            files.Replace(network);
            remembered[network.Key] = network;
        }
    }

    private async Task CollectNetworksAsync(
        CniRequest.CollectGarbage collect,
        SandboxFiles files,
        CancellationToken cancel
    )
    {
        var networks = files.Networks.List(engine.Log);
        var able = networks
            .Where(network => CniRuntime.KnowsGc(network.Configuration))
            .ToLookup(network => network.Name, StringComparer.Ordinal);
        var runtime = engine.RuntimeOn(files);
        SandboxInventory known;
        try
        {
            foreach (var network in able)
                engine.GcBarrier.Close(network.Key, this);
            known = SandboxInventory.Read(files, engine.IsGivenUp); // after the gate is closed, see there
            if (IsUnsure(known, collect))
                return;

            var unknown = GarbageRules.Unknown(known.Sandboxes, collect.Valid);
            if (!unknown.IsEmpty)
                GarbageLog.Unknown(engine.Log, unknown.Length, collect.Id);
            await Task.WhenAll(able.Select(network => CollectAsync(runtime, network, known, unknown, collect, cancel)))
                .ConfigureAwait(false);
        }
        finally
        {
            foreach (var network in able)
                engine.GcBarrier.Open(network.Key, this);
        }

        ForgetUnused(files, networks, known, collect);
    }

    private bool IsUnsure(SandboxInventory known, CniRequest.CollectGarbage collect)
    {
        if (GarbageRules.Unsure(known.Sandboxes, collect.Valid) is not { Damage: { } damage })
            return false;

        Failed("plugins were not asked to free anything: ", new CniException(CniErrorCode.TryAgainLater, damage));
        return true;
    }

    private async Task CollectAsync(
        CniRuntime runtime,
        IGrouping<string, AttachedNetwork> network,
        SandboxInventory known,
        ImmutableArray<ValidAttachment> unknown,
        CniRequest.CollectGarbage collect,
        CancellationToken cancel
    )
    {
        var inUse = GarbageRules.InUse(network.Key, known.Sandboxes, unknown);
        GarbageLog.Collecting(engine.Log, network.Key, inUse.Length, collect.Id);
        try
        {
            // Definitions that share a name share what their plugins keep under it: never at the same time.
            foreach (var configured in network)
            {
                try
                {
                    await runtime
                        .GcAsync(configured.Configuration, inUse, collect.PluginPath, cancel)
                        .ConfigureAwait(false);
                }
                catch (CniException e)
                {
                    Failed($"GC of network {configured.DisplayName}: ", e);
                    _uncollected.TryAdd(network.Key, true);
                }
            }
        }
        finally
        {
            engine.GcBarrier.Open(network.Key, this); // the others may take longer
        }
    }

    // First the file goes, then the records are read again: an ADD puts its plan on record before it looks for the
    // file.
    private void ForgetUnused(
        SandboxFiles files,
        IReadOnlyList<AttachedNetwork> networks,
        SandboxInventory known,
        CniRequest.CollectGarbage collect
    )
    {
        var used = known.Networks.Select(network => network.Key).ToHashSet(StringComparer.Ordinal);
        var unused = networks
            .Where(network => !used.Contains(network.Key) && !_uncollected.ContainsKey(network.Name))
            .ToImmutableArray();
        foreach (var network in unused)
            files.Networks.Forget(network);
        if (unused.IsEmpty)
            return;

        var now = SandboxInventory.Read(files, engine.IsGivenUp).Networks;
        foreach (var network in now)
            files.Networks.Remember(network);
        foreach (
            var network in unused.ExceptBy(
                now.Select(again => again.Key),
                network => network.Key,
                StringComparer.Ordinal
            )
        )
            GarbageLog.Forgotten(engine.Log, network.DisplayName, collect.Id);
    }

    private void Failed(string about, CniException failure) =>
        _failures.Enqueue(new CniException(failure.Error with { Message = about + failure.Error.Message }, failure));

    private CniReply Result(string id)
    {
        if (!_failures.TryPeek(out var first))
            return new CniReply.Done();

        foreach (var failure in _failures)
            GarbageLog.Failed(engine.Log, id, failure.Error.Text);
        var more = _failures.Count > 1 ? $" (and {_failures.Count - 1} more)" : "";
        return new CniReply.Refused(
            RequestErrors.From(new CniException(first.Error with { Message = first.Error.Message + more }, first), id)
        );
    }
}
