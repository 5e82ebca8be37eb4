using System.Collections.Immutable;
using System.Net;
using Multus.Cni;
using Multus.Core.Routes;
using Multus.Engine.Ports;
using Multus.Linux.Netlink;

namespace Multus.Engine.Attach;

/// <summary>
/// A pod's network namespace as the kernel has listed it, and as the rules of <c>Multus.Core.Routes</c> see it.
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
    public static async Task<PodNetNs> ListAsync(INetNs netNs, string path, CancellationToken cancel) =>
        new(await netNs.ListAsync(path, cancel).ConfigureAwait(false));

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

    /// <summary>Routes as <c>ip route</c> shows them.</summary>
    public ImmutableArray<string> Texts(IEnumerable<RouteInfo> routes) => [.. routes.Select(Text)];

    /// <summary>All routes, in the same form.</summary>
    public ImmutableArray<string> AllTexts() => Texts(_view.Routes);

    private string Text(RouteInfo route)
    {
        var destination = route.PrefixLength == 0 ? "default" : $"{route.Destination}/{route.PrefixLength}";
        var hops = route.Hops.Select(hop =>
            (hop.Gateway is { } gateway ? $" via {gateway}" : "") + $" dev {NameOf(hop.Link)}"
        );
        var table = route.Table == RouteInfo.MainTable ? "" : $" table {route.Table}";
        return destination + string.Concat(hops) + table;
    }

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
