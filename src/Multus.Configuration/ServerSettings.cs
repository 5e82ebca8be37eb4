using Multus.Actors.Configuration;
using Multus.Wire;

namespace Multus.Configuration;

/// <summary>From <c>multus.server</c>.</summary>
/// <param name="MaxRequestBody">Bytes that a request's body may have.</param>
/// <param name="MaxGcBody">Bytes that the body of a GC may have, which carries a list of all that is in use on the
/// node.</param>
/// <param name="MaxBodies">Bytes that the bodies of all requests under way may have together, those over
/// <paramref name="MaxRequestBody"/> left out.</param>
/// <param name="ReadTimeout">How long a client may take to send its request, counted for the headers and for the
/// body.</param>
public sealed record ServerSettings(int MaxRequestBody, int MaxGcBody, int MaxBodies, TimeSpan ReadTimeout)
{
    public static ServerSettings Read(HoconReader hocon)
    {
        var usual = hocon.Bytes("multus.server.max-request-body", 4096, 64 << 20);
        return new(
            usual,
            Math.Max(usual, hocon.Bytes("multus.server.max-gc-body", 4096, WireLimits.MaxRequestBytes)),
            hocon.Bytes("multus.server.max-bodies", 4096, 1 << 30),
            hocon.Duration("multus.server.read-timeout", TimeSpan.FromMilliseconds(100))
        );
    }
}
