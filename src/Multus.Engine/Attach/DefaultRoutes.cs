using System.Collections.Immutable;
using Multus.Cni;
using Multus.Cni.Results;
using Multus.Core.Planning;
using Multus.Core.Routes;
using Multus.Engine.Ports;
using Multus.Engine.State;
using Multus.Linux.Netlink;

namespace Multus.Engine.Attach;

/// <summary>
/// Gives a pod the default routes that its networks' <c>default-route</c> asks for, once all are attached: in the
/// kernel, in the result cache, and in what is answered (attach.md §10.2). All or nothing, and done again it changes
/// nothing.
/// </summary>
/// <param name="engine">Whose namespaces, log and listeners.</param>
/// <param name="files">The result cache.</param>
/// <param name="requestId">Of the operation that does it.</param>
internal sealed class DefaultRoutes(SandboxEngine engine, SandboxFiles files, string requestId)
{
    private readonly INetNs _netNs = engine.Ports.NetNs;
    private readonly ILogger _log = engine.Log;

    /// <summary>Takes over what is to be taken over; after a failure, the routes are as they were.</summary>
    /// <param name="results">What the delegates said, in plan order.</param>
    /// <returns>The same with the routes that are true now.</returns>
    public async Task<CniResult[]> TakeOverAsync(AttachmentPlan plan, CniResult[] results, CancellationToken cancel)
    {
        if (plan.Attachments.All(attachment => attachment.Selection?.DefaultRoute is null))
            return results;

        var found = await PodNetNs.ListAsync(_netNs, plan.NetNs, cancel).ConfigureAwait(false);
        var decision = DefaultRouteTakeover.Decide(plan, [.. results], found.Observed);
        var remove = found.Routes(decision.Remove);
        ImmutableArray<RouteInfo> add =
        [
            .. decision.Add.Select(gateway => found.DefaultRoute(gateway.Address, LinkOf(plan, gateway))),
        ];
        await ChangeAsync(plan, remove, add, decision, found).ConfigureAwait(false);
        if (!remove.IsEmpty || !add.IsEmpty)
        {
            engine.Report(
                new OperationPhase.RoutesChanged(requestId, plan.Sandbox, found.Texts(remove), found.Texts(add))
            );
        }

        try
        {
            for (var i = 0; i < results.Length; i++)
            {
                if (!ReferenceEquals(results[i], decision.Results[i]))
                    Store(plan.Attachments[i], decision.Results[i]);
            }
        }
        catch (CniException)
        {
            await PutBackAsync(plan, remove, add).ConfigureAwait(false);
            throw;
        }

        foreach (var gateway in decision.Add)
            SandboxLog.DefaultRouteTaken(
                _log,
                plan.Sandbox.Value,
                plan.Attachments[gateway.Attachment].DisplayName,
                LinkOf(plan, gateway),
                gateway.Address.ToString()
            );
        return [.. decision.Results];
    }

    private async Task ChangeAsync(
        AttachmentPlan plan,
        ImmutableArray<RouteInfo> remove,
        ImmutableArray<RouteInfo> add,
        DefaultRouteTakeover decision,
        PodNetNs found
    )
    {
        if (remove.IsEmpty && add.IsEmpty)
            return;

        if (await _netNs.ChangeRoutesAsync(plan.NetNs, remove, add).ConfigureAwait(false) is not { } refused)
            return;
        if (refused is { IsGatewayUnusable: true, Route: { } route } && add.IndexOf(route) is var at and >= 0)
            throw Unusable(plan, decision.Add[at], found, refused.Error);
        throw new CniException(refused.Error.Prefixed("default routes of the pod could not be changed: "));
    }

    private static CniException Unusable(AttachmentPlan plan, DefaultGateway gateway, PodNetNs found, CniError refusal)
    {
        var link = LinkOf(plan, gateway);
        return new CniException(
            refusal with
            {
                Code = CniErrorCode.InvalidNetworkConfig,
                Message =
                    $"gateway {gateway.Address} of 'default-route' of network "
                    + $"{plan.Attachments[gateway.Attachment].DisplayName} cannot be reached through "
                    + $"interface {link}, "
                    + $"whose addresses are {found.AddressesOf(link)}",
                Details = refusal.Message,
            }
        );
    }

    // The links are about to go, and these routes with them; but a namespace may have had a default route before it was
    // attached to anything.
    private async Task PutBackAsync(
        AttachmentPlan plan,
        ImmutableArray<RouteInfo> removed,
        ImmutableArray<RouteInfo> added
    )
    {
        if (await _netNs.ChangeRoutesAsync(plan.NetNs, added, removed).ConfigureAwait(false) is { } refused)
            SandboxLog.RoutesNotPutBack(_log, plan.Sandbox.Value, refused.Error.Message);
    }

    private void Store(PlannedAttachment attachment, CniResult result)
    {
        var (network, sandbox, ifName) = (
            attachment.Configuration.Name,
            attachment.Parameters.Sandbox.Value,
            attachment.Parameters.IfName
        );
        var cached = files.Results.Load(network, sandbox, ifName);
        if (cached is not { Damaged: null })
        {
            throw new CniException(
                CniErrorCode.Io,
                $"result of network {attachment.DisplayName}, interface {ifName} is "
                    + $"{(cached is null ? "gone from" : "damaged in")} the result cache; "
                    + "its routes cannot be brought up to date"
            );
        }

        files.Results.Store(cached with { Result = result.ToJson() });
    }

    private static string LinkOf(AttachmentPlan plan, DefaultGateway gateway) =>
        plan.Attachments[gateway.Attachment].Parameters.IfName;
}
