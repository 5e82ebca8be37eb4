using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Cni.Runtime;
using Multus.Core.Garbage;
using Multus.Engine.Attach;
using Multus.Engine.Check;
using Multus.Engine.Detach;
using Multus.Engine.Gc;
using Multus.Engine.Plugins;
using Multus.Engine.Ports;
using Multus.Engine.Requests;
using Multus.Engine.State;
using Multus.Engine.Status;

namespace Multus.Engine;

/// <summary>
/// Carries out CNI requests: what a verb means, which files it reads and writes, and what is undone when it fails. When
/// and how many at once is the caller's business; one sandbox's are one at a time in any case.
/// </summary>
public sealed class SandboxEngine : IDisposable
{
    /// <param name="ports">The world.</param>
    /// <param name="limits">How long operations may take.</param>
    public SandboxEngine(EnginePorts ports, EngineLimits limits)
    {
        ArgumentNullException.ThrowIfNull(ports);
        ArgumentNullException.ThrowIfNull(limits);
        (Ports, Limits) = (ports, limits);
        Detached = new DetachedSandboxes(ports.Log);
        UnrecordedTurns = new UnrecordedTurns(UnrecordedTurns.HalfOfTheMachine, ports.Time);
    }

    public EnginePorts Ports { get; }

    public EngineLimits Limits { get; }

    /// <summary>Between the ADDs and GC.</summary>
    internal GcBarrier GcBarrier { get; } = new();

    /// <summary>What was detached already.</summary>
    internal DetachedSandboxes Detached { get; }

    /// <summary>Who detaches a sandbox of which nothing is on record.</summary>
    internal UnrecordedTurns UnrecordedTurns { get; }

    internal ILogger Log => Ports.Log;

    internal TimeProvider Time => Ports.Time;

    internal IPendingDeleteFolder PendingDeletes => Ports.PendingDeletes;

    /// <summary>Carries a request out, when the sandbox's turn has come. May be called from any thread.</summary>
    /// <param name="request">Any but <see cref="CniRequest.CollectGarbage"/>, for which see
    /// <see cref="CollectAsync"/>.</param>
    /// <param name="stopping">The process ends: what is under way is given up, and stays on record.</param>
    /// <returns>Foreseen failures are replies; an exception is a bug.</returns>
    public Task<CniReply> RunAsync(CniRequest request, CancellationToken stopping) =>
        request switch
        {
            CniRequest.OfSandbox ofSandbox => RunInTurnAsync(ofSandbox, stopping),
            CniRequest.GetStatus status => new StatusOperation(this).RunAsync(status, stopping),
            CniRequest.GetNetworkStatus status => new StatusOperation(this).RunAsync(status, stopping),
            CniRequest.DeleteOfDelegate => Task.FromResult<CniReply>(new CniReply.Done()),
            CniRequest.CollectGarbage collect => CollectAsync(collect, RunAsync, stopping),
            _ => throw new InvalidOperationException($"unknown request {request}"),
        };

    /// <summary>Carries a GC out.</summary>
    /// <param name="request">The GC.</param>
    /// <param name="detach">Detaches a sandbox in its turn; answers <see cref="CniReply.Done"/> without doing anything
    /// when it is being worked on.</param>
    /// <param name="stopping">As above.</param>
    public Task<CniReply> CollectAsync(
        CniRequest.CollectGarbage request,
        Func<CniRequest.Detach, CancellationToken, Task<CniReply>> detach,
        CancellationToken stopping
    ) => new CollectOperation(this, detach).RunAsync(request, stopping);

    /// <summary>
    /// Detaches a sandbox for GC; one that is being worked on is left alone. For who has no order of its own.
    /// </summary>
    public async Task<CniReply> DetachIfIdleAsync(CniRequest.Detach detach, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(detach);
        using var held = SandboxLocks.TryTake(detach.Request);
        if (held is not null)
        {
            GarbageLog.Detached(Log, detach.Request.Sandbox.Value, detach.Id);
            return await CarryOutInTurnAsync(detach, stopping).ConfigureAwait(false);
        }

        GarbageLog.LeftAlone(Log, detach.Request.Sandbox.Value);
        return new CniReply.Done();
    }

    /// <summary>Nothing may be under way any more.</summary>
    public void Dispose() => UnrecordedTurns.Dispose();

    /// <summary>Whether its DEL is stored, so that it is repeated, or was given up.</summary>
    public bool IsDeleteStored(KnownSandbox sandbox)
    {
        ArgumentNullException.ThrowIfNull(sandbox);
        return PendingDeletes.IsStored(sandbox.Id, sandbox.IfName) || IsGivenUp(sandbox);
    }

    /// <summary>Whether its DEL was given up: nobody uses what it has left.</summary>
    internal bool IsGivenUp(KnownSandbox sandbox) => PendingDeletes.IsGivenUp(sandbox.Id, sandbox.IfName);

    /// <summary>
    /// The CNI runtime, caching results where upstream does. Its ADDs wait while their network is collected.
    /// </summary>
    /// <param name="files">The node's files.</param>
    /// <param name="request">Whose plugins are told of; null: nobody's.</param>
    internal CniRuntime RuntimeOn(SandboxFiles files, SandboxRequest? request = null)
    {
        IPluginInvoker plugins =
            Ports.Phases is { } phases && request is not null
                ? new ReportedPlugins(Ports.Plugins, phases, request)
                : Ports.Plugins;
        return new CniRuntime(new GatedPlugins(plugins, GcBarrier), files.Results);
    }

    internal void Report(OperationPhase phase) => Ports.Phases?.Report(phase);

    /// <summary>
    /// Sees to it that the DEL of the request's sandbox is stored. One that is stored already stays as it is: it is of
    /// the same sandbox, and its age tells since when something is left. Should storing fail, the caller's own failure
    /// counts more: this one is for the log.
    /// </summary>
    /// <param name="network">Of one interface of a running pod: its network.</param>
    internal void StoreDelete(SandboxRequest request, NetworkConfiguration? network = null)
    {
        try
        {
            if (
                PendingDeletes.IsStored(request.Sandbox, request.IfName)
                || PendingDeletes.IsGivenUp(request.Sandbox, request.IfName)
            )
                return;

            PendingDeletes.Store(request, network);
            SandboxLog.DeleteStored(Log, request.Sandbox.Value, PendingDeletes.Path, request.Id);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CniException)
        {
            SandboxLog.DeleteNotStored(Log, request.Sandbox.Value, PendingDeletes.Path, request.Id, e);
        }
    }

    private async Task<CniReply> RunInTurnAsync(CniRequest.OfSandbox request, CancellationToken stopping)
    {
        using var held = await TakeAsync(request, stopping).ConfigureAwait(false);
        if (held.Refusal is { } refusal)
            return refusal;

        return await CarryOutInTurnAsync(request, stopping).ConfigureAwait(false);
    }

    private async Task<CniReply> CarryOutInTurnAsync(CniRequest.OfSandbox request, CancellationToken stopping)
    {
        var (id, sandbox) = (request.Id, request.Request.Sandbox);
        Report(new OperationPhase.Begun(id, sandbox, request.Verb, request.Request));
        CniError? error = null;
        try
        {
            var reply = await CarryOutAsync(request, stopping).ConfigureAwait(false);
            if (reply is not CniReply.Refused refused)
                return reply;
            error = refused.Error;
            return refused with { HadTurn = true };
        }
        catch (Exception bug)
        {
            error = RequestErrors.From(bug, id);
            throw;
        }
        finally
        {
            Report(new OperationPhase.Done(id, sandbox, error));
        }
    }

    private Task<CniReply> CarryOutAsync(CniRequest.OfSandbox request, CancellationToken stopping) =>
        request switch
        {
            CniRequest.Attach attach => new AttachOperation(this).RunAsync(attach, stopping),
            CniRequest.Detach detach => new DetachOperation(this).RunAsync(detach, stopping),
            CniRequest.Check check => new CheckOperation(this).RunAsync(check, stopping),
            CniRequest.Plug plug => new PlugOperation(this).RunAsync(plug, stopping),
            CniRequest.Unplug unplug => new UnplugOperation(this).RunAsync(unplug, stopping),
            CniRequest.CheckInterface check => new CheckOperation(this).RunAsync(check, stopping),
            _ => throw new InvalidOperationException($"unknown request {request}"),
        };

    // A DEL that cannot begin is stored, as any that fails.
    private async Task<Turn> TakeAsync(CniRequest.OfSandbox request, CancellationToken stopping)
    {
        var abandoned = request switch
        {
            CniRequest.Attach attach => attach.Abandoned,
            CniRequest.Plug plug => plug.Abandoned,
            _ => CancellationToken.None,
        };
        var patience = request.Verb == CniCommand.Del ? Limits.DelTimeout : Limits.AddTimeout;
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(abandoned, stopping);
        try
        {
            var held = await SandboxLocks
                .TakeAsync(request.Request, request.Verb.ToWire(), patience, Time, cancel.Token)
                .ConfigureAwait(false);
            return new Turn(held, null);
        }
        catch (Exception e)
            when (e is CniException or IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            var (of, isDel) = (request.Request, request is CniRequest.Detach);
            if (isDel)
                StoreDelete(of);
            return new Turn(
                null,
                new CniReply.Refused(RequestErrors.From(e, request.Id))
                {
                    IsStored = isDel && PendingDeletes.IsStored(of.Sandbox, of.IfName),
                }
            );
        }
    }

    private sealed record Turn(IDisposable? Held, CniReply.Refused? Refusal) : IDisposable
    {
        public void Dispose() => Held?.Dispose();
    }
}
