using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Multus.Core.Routes;

/// <summary>A default route that one attachment is to have: through this gateway, over its interface.</summary>
/// <param name="Attachment">Index into the plan.</param>
/// <param name="Address">Its family is the one whose default route is meant; never IPv4 inside IPv6.</param>
public sealed record DefaultGateway(int Attachment, IPAddress Address)
{
    /// <summary>Both families, in the order in which everything about them is done.</summary>
    public static ImmutableArray<AddressFamily> Families { get; } =
    [AddressFamily.InterNetwork, AddressFamily.InterNetworkV6];

    public AddressFamily Family => Address.AddressFamily;
}
