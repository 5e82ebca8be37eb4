using System.Collections.Immutable;
using System.Net;
using Multus.Actors.Netlink;
using Multus.Cni;
using Multus.Core.Routes;
using Multus.Linux.Netlink;

namespace Multus.Actors.Sandboxes;

/// <summary>
/// A pod's network namespace as the netlink actor has found it, and as the rules of <c>Multus.Core.Routes</c> see it.
/// </summary>
internal sealed class PodNetNs
{
    private readonly NamespaceView _view;
    private readonly Dictionary<int, string> _names = [];

    private PodNetNs(NamespaceView view)
    {
        _view = view;
        foreach (var link in view.Links)
            _names.Add(link.Index, link.Name);
        Observed = new ObservedNamespace(
            [.. view.Links.Select(link => link.Name)],
            [.. view.Addresses.Select(address => new ObservedAddress(NameOf(address.Link), address.Address))],
            [.. view.Routes.Select(Observe)]
        );
    }

    public ObservedNamespace Observed { get; }

    /// <exception cref="CniException">Code 8: the namespace cannot be entered. Code 5 or 11: the kernel did not
    /// answer.</exception>
    public static async Task<PodNetNs> InspectAsync(SandboxServices services, string netNs, CancellationToken cancel) =>
        await services.AskNetlinkAsync(new NetlinkProtocol.Inspect(netNs), cancel).ConfigureAwait(false) switch
        {
            NetlinkProtocol.Reply.Snapshot seen => new PodNetNs(seen.View),
            NetlinkProtocol.Reply.Failed failed => throw new CniException(failed.Error),
            var other => throw new InvalidOperationException($"unknown reply {other}"),
        };

    /// <param name="indexes">Into the routes of <see cref="Observed"/>.</param>
    public ImmutableArray<RouteInfo> Routes(ImmutableArray<int> indexes)
    {
        var routes = ImmutableArray.CreateBuilder<RouteInfo>(indexes.Length);
        foreach (var index in indexes)
            routes.Add(_view.Routes[index]);
        return routes.MoveToImmutable();
    }

    /// <summary>A default route over one of the links that are there.</summary>
    public RouteInfo DefaultRoute(IPAddress gateway, string link) =>
        RouteInfo.Default(gateway, _view.Links.First(found => found.Name == link).Index);

    /// <summary>The addresses of a link, for an error text.</summary>
    public string AddressesOf(string link)
    {
        var texts = _view
            .Addresses.Where(address => NameOf(address.Link) == link)
            .Select(address => $"{address.Address}/{address.PrefixLength}");
        return string.Join(", ", texts) is { Length: > 0 } list ? list : "none";
    }

    private ObservedRoute Observe(RouteInfo route) =>
        new(
            route.Destination,
            route.PrefixLength,
            route.Table,
            route.IsMainDefault,
            [.. route.Hops.Select(hop => new ObservedHop(NameOf(hop.Link), hop.Gateway))]
        );

    // A link without a name has come after the links were listed; it is none of this pod's attachments.
    private string NameOf(int link) => _names.GetValueOrDefault(link, "");
}
