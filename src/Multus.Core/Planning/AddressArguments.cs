using Multus.Cni.Configurations;
using Multus.Core.Networks;
using Arguments = System.Collections.Immutable.ImmutableArray<System.Collections.Generic.KeyValuePair<string, string>>;

namespace Multus.Core.Planning;

/// <summary>
/// The requested MAC and addresses as CNI arguments, which go to ADD only (attach.md §7.2), and only to a network that
/// does not declare the capability: host-local fails for two addresses in one argument, also when it has them as a
/// capability.
/// </summary>
internal static class AddressArguments
{
    private const string MacKey = "MAC";
    private const string IpKey = "IP";

    /// <param name="args">May have values of the runtime's; what the pod asks for replaces them.</param>
    public static Arguments For(Arguments args, NetworkSelection? selection, NetworkConfiguration network)
    {
        if (selection?.Mac is { } mac)
            args = Put(args, MacKey, mac, isDeclared: Declares(network, "mac"));
        if (selection is { Ips.IsEmpty: false })
            args = Put(args, IpKey, string.Join(',', selection.Ips), isDeclared: Declares(network, "ips"));
        return args;
    }

    private static Arguments Put(Arguments args, string key, string value, bool isDeclared)
    {
        args = args.RemoveAll(pair => pair.Key == key);
        return isDeclared ? args : args.Add(new(key, value));
    }

    private static bool Declares(NetworkConfiguration network, string capability) =>
        network.Plugins.Any(plugin => plugin.Capabilities.TryGetValue(capability, out var isDeclared) && isDeclared);
}
