namespace Multus.Wire;

/// <summary>
/// The HTTP statuses that shim and daemon mean something by. Upstream's shim knows 200 and everything else.
/// </summary>
public static class WireStatus
{
    /// <summary>The request itself is wrong, and will be the next time: it must not be kept to be repeated.</summary>
    public const int WrongRequest = 422;
}
