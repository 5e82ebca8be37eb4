using System.Collections.Immutable;

namespace Multus.Cni.Runtime;

/// <summary>One run of one plugin, complete but for the process (cni-runtime.md §7).</summary>
/// <param name="PluginType">The name of the binary, to be found in <paramref name="PluginPath"/>.</param>
/// <param name="Command">The verb, which is in <paramref name="Environment"/> as well.</param>
/// <param name="Network">The name of the network, for logs.</param>
/// <param name="Stdin">The configuration, ready to be written.</param>
/// <param name="Environment">
/// The CNI variables only, always these in this order: COMMAND, CONTAINERID, NETNS, ARGS, IFNAME, PATH. What else the
/// process gets is the invoker's business, but these win.
/// </param>
/// <param name="PluginPath">Folders, in order; the first that has the binary wins.</param>
public sealed record PluginCall(
    string PluginType,
    CniCommand Command,
    string Network,
    ReadOnlyMemory<byte> Stdin,
    ImmutableArray<KeyValuePair<string, string>> Environment,
    ImmutableArray<string> PluginPath
);
