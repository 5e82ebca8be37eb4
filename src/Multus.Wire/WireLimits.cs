using Multus.Cni;

namespace Multus.Wire;

/// <summary>
/// How much either side takes from the other. Far above any real cluster's needs, far below what would hurt the node.
/// Nesting is bounded by <see cref="CniJson.MaxDepth"/>.
/// </summary>
public static class WireLimits
{
    /// <summary>
    /// Bytes of a request body: the largest configuration in base64, and the shim's whole environment, of which the
    /// kernel alone allows 6 MiB.
    /// </summary>
    public const int MaxRequestBytes = 40 * 1024 * 1024;

    /// <summary>Bytes of an answer, status line and headers included.</summary>
    public const int MaxReplyBytes = 8 * 1024 * 1024;

    /// <summary>
    /// Bytes of a CNI configuration on its way in: base64 makes it a third longer, and it must fit a request.
    /// </summary>
    public const int MaxConfigBytes = 4 * 1024 * 1024;

    /// <summary>
    /// The same for GC, whose configuration lists all attachments of the node, in two members: enough for a hundred
    /// thousand.
    /// </summary>
    public const int MaxGcConfigBytes = 24 * 1024 * 1024;

    /// <summary>Bytes of the configuration of this verb.</summary>
    public static int MaxConfigBytesOf(CniCommand command) =>
        command == CniCommand.Gc ? MaxGcConfigBytes : MaxConfigBytes;
}
