using Multus.Core.Networks;
using Arguments = System.Collections.Immutable.ImmutableArray<System.Collections.Generic.KeyValuePair<string, string>>;

namespace Multus.Core.Planning;

/// <summary>The requested MAC and addresses as CNI arguments, which go to ADD only (attach.md §7.2).</summary>
internal static class AddressArguments
{
    public static Arguments For(Arguments args, NetworkSelection? selection)
    {
        if (selection?.Mac is { } mac)
            args = args.Add(new("MAC", mac));
        if (selection is { Ips.IsEmpty: false })
            args = args.Add(new("IP", string.Join(',', selection.Ips)));
        return args;
    }
}
