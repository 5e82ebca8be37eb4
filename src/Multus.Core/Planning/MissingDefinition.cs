using Multus.Cni;
using Multus.Core.Networks;

namespace Multus.Core.Planning;

/// <summary>
/// The failure of a pod that asks for a NAD which does not exist, in upstream's words (attach.md §8.2).
/// </summary>
public static class MissingDefinition
{
    private const string Start = "cannot find a network-attachment-definition (";

    /// <summary>Code 7.</summary>
    public static CniError Of(NetworkSelection selection)
    {
        ArgumentNullException.ThrowIfNull(selection);
        return new CniError(
            CniErrorCode.InvalidNetworkConfig,
            $"{Start}{selection.Name}) in namespace ({selection.Namespace})"
        );
    }

    /// <summary>The name that such a failure is about; null: it is another failure.</summary>
    public static NetworkKey? KeyIn(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        const string between = ") in namespace (";
        var start = message.IndexOf(Start, StringComparison.Ordinal);
        if (start < 0)
            return null;
        var rest = message[(start + Start.Length)..];
        var middle = rest.IndexOf(between, StringComparison.Ordinal);
        var end = middle < 0 ? -1 : rest.IndexOf(')', middle + between.Length);
        return end < 0 ? null : new NetworkKey(rest[(middle + between.Length)..end], rest[..middle]);
    }

    /// <summary>Whether it is that failure.</summary>
    public static bool Is(CniError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return error.Code == CniErrorCode.InvalidNetworkConfig
            && error.Message.StartsWith(Start, StringComparison.Ordinal);
    }
}
