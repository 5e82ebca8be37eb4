namespace Multus.Wire;

/// <summary>
/// How much either side takes from the other. Far above any real cluster's needs, far below what would hurt the node.
/// Nesting is bounded by <see cref="Multus.Cni.CniJson.MaxDepth"/>.
/// </summary>
public static class WireLimits
{
    /// <summary>Bytes of a request body. The shim sends its whole environment, of which the kernel alone allows 6 MiB.</summary>
    public const int MaxRequestBytes = 16 * 1024 * 1024;

    /// <summary>Bytes of an answer, status line and headers included.</summary>
    public const int MaxReplyBytes = 8 * 1024 * 1024;

    /// <summary>Bytes of a CNI configuration on its way in: base64 makes it a third longer, and it must fit a request.</summary>
    public const int MaxConfigBytes = 4 * 1024 * 1024;
}
