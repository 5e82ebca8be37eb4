using Multus.Wire;

namespace Multus.Host.Server;

/// <summary>
/// Which versions of the shim have asked this daemon for something, for /healthz: one that is older or newer works, and
/// is said. Any thread.
/// </summary>
internal sealed class Neighbours
{
    private const int Most = 16; // a client may call itself anything
    private const int MaxLength = 64;

    private readonly Lock _one = new();
    private readonly List<string> _shims = [];
    private string _last = "";

    /// <summary>In the order in which they were first seen.</summary>
    public IReadOnlyList<string> Shims
    {
        get
        {
            lock (_one)
                return [.. _shims];
        }
    }

    /// <param name="userAgent">The header of a request; upstream's shim sends another name.</param>
    public void Saw(string? userAgent)
    {
        if (userAgent is null || userAgent == Volatile.Read(ref _last))
            return; // nearly always

        Volatile.Write(ref _last, userAgent);
        var version = userAgent.StartsWith(WirePaths.ShimProduct, StringComparison.Ordinal)
            ? userAgent[WirePaths.ShimProduct.Length..]
            : $"not ours: {userAgent}";
        if (version.Length > MaxLength)
            version = version[..MaxLength];
        lock (_one)
        {
            if (_shims.Count < Most && !_shims.Contains(version))
                _shims.Add(version);
        }
    }
}
