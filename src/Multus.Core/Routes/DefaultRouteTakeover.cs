using System.Collections.Immutable;
using System.Net.Sockets;
using Multus.Cni;
using Multus.Cni.Results;
using Multus.Core.Planning;

namespace Multus.Core.Routes;

/// <summary>
/// How the default routes of a pod become what it wishes: what to change in the kernel, and what the results say
/// afterwards.
/// </summary>
/// <param name="Remove">Indexes into the observed routes.</param>
/// <param name="Add">Routes that are not there yet.</param>
/// <param name="Results">In plan order; the same object where nothing is different.</param>
public sealed record DefaultRouteTakeover(
    ImmutableArray<int> Remove,
    ImmutableArray<DefaultGateway> Add,
    ImmutableArray<CniResult> Results
)
{
    /// <param name="results">What the plugins said, in plan order.</param>
    /// <remarks>Done once more on its own outcome it changes nothing, so that a repeated ADD may.</remarks>
    /// <exception cref="CniException">Code 7: a gateway is an address of the pod's own. Code 4: an interface that is to
    /// have the route is not there.</exception>
    public static DefaultRouteTakeover Decide(
        AttachmentPlan plan,
        ImmutableArray<CniResult> results,
        ObservedNamespace found
    )
    {
        var wanted = DefaultRouteRequest.Of(plan.Attachments);
        var decision = new DefaultRouteTakeover([], [], results);
        foreach (var family in DefaultGateway.Families)
        {
            if (wanted.GatewayOf(family) is { } gateway)
                decision = decision.Through(gateway, plan, found);
            else if (wanted.Chosen is { } chosen)
                decision = decision.AsMadeBy(chosen, family, plan, found);
        }

        return decision;
    }

    private DefaultRouteTakeover Through(DefaultGateway gateway, AttachmentPlan plan, ObservedNamespace found)
    {
        var attachment = plan.Attachments[gateway.Attachment];
        var link = attachment.Parameters.IfName;
        Require(gateway, attachment, found);

        var others = Held(found, gateway.Family);
        var same = others.FindIndex(i =>
            found.Routes[i].Hops is [var hop] && hop.Link == link && gateway.Address.Equals(hop.Gateway)
        );
        if (same >= 0)
            others.RemoveAt(same);
        return this with
        {
            Remove = [.. Remove, .. others],
            Add = same < 0 ? Add.Add(gateway) : Add,
            Results =
            [
                .. Results.Select(
                    (result, i) =>
                        i == gateway.Attachment
                            ? ResultRoutes.WithDefault(result, gateway.Address)
                            : ResultRoutes.WithoutDefault(result, gateway.Family)
                ),
            ],
        };
    }

    // The kernel knows best what the plugin has made. Its result counts where another plugin's default route has kept
    // this one out of the kernel.
    private DefaultRouteTakeover AsMadeBy(
        int chosen,
        AddressFamily family,
        AttachmentPlan plan,
        ObservedNamespace found
    )
    {
        var link = plan.Attachments[chosen].Parameters.IfName;
        var held = Held(found, family);
        var own = held.FindAll(i => found.Routes[i].Hops.Any(hop => hop.Link == link));
        var gateway =
            own.Count == 0 ? ResultRoutes.DefaultGatewayOf(Results[chosen], family)
            : found.Routes[own[0]].Hops is [var only] ? only.Gateway
            : null;
        if (gateway is not null && own.Count < 2)
            return Through(new DefaultGateway(chosen, gateway), plan, found);
        return own.Count == 0
            ? this
            : this with
            {
                Remove = [.. Remove, .. held.FindAll(i => !own.Contains(i))],
                Results =
                [
                    .. Results.Select(
                        (result, i) => i == chosen ? result : ResultRoutes.WithoutDefault(result, family)
                    ),
                ],
            };
    }

    private static List<int> Held(ObservedNamespace found, AddressFamily family)
    {
        var held = new List<int>();
        for (var i = 0; i < found.Routes.Length; i++)
        {
            if (found.Routes[i].IsDefault && found.Routes[i].Destination.AddressFamily == family)
                held.Add(i);
        }

        return held;
    }

    private static void Require(DefaultGateway gateway, PlannedAttachment attachment, ObservedNamespace found)
    {
        var link = attachment.Parameters.IfName;
        if (!found.Links.Contains(link))
        {
            throw new CniException(
                CniErrorCode.InvalidEnvironment,
                $"default route through {gateway.Address}: network {attachment.DisplayName} has made no interface "
                    + $"{link} for it",
                $"interfaces there: {string.Join(", ", found.Links)}; ask for the default route at a network that "
                    + "makes an interface"
            );
        }

        // IPv4 takes such a route, and drops what goes there.
        if (found.Addresses.FirstOrDefault(own => own.Address.Equals(gateway.Address)) is { } same)
        {
            throw new CniException(
                CniErrorCode.InvalidNetworkConfig,
                $"'default-route' of network {attachment.DisplayName} has \"{gateway.Address}\", which is the "
                    + $"address of the pod's own interface {same.Link}",
                "name the IP address of a gateway on the network"
            );
        }
    }
}
