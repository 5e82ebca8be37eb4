using System.Collections.Immutable;
using System.Text.Json;

namespace Multus.Wire;

/// <summary>
/// What a hot-plug client of <c>/delegate</c> asks of the interface (spec/wire-and-daemon.md §3.1).
/// </summary>
/// <param name="Ips">Addresses in CIDR form, as written; empty when none are asked for.</param>
/// <param name="Mac">The hardware address, or null.</param>
/// <param name="CniArgs">An object to be merged into the plugin's <c>args.cni</c>, or null.</param>
public sealed record InterfaceAttributes(ImmutableArray<string> Ips, string? Mac, JsonElement? CniArgs);
