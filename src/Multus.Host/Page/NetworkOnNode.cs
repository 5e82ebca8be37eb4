using System.Collections.Immutable;
using Multus.Engine.Networks;

namespace Multus.Host.Page;

/// <summary>A network of the node, as the page shows it.</summary>
/// <param name="Network">What it is, and who uses it.</param>
/// <param name="Ranges">Of its addresses, as far as this node knows them.</param>
internal sealed record NetworkOnNode(NetworkUse Network, ImmutableArray<RangeUse> Ranges);
