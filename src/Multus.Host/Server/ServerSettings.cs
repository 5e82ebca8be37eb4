using Multus.Actors.Configuration;

namespace Multus.Host.Server;

/// <summary>From <c>multus.server</c>.</summary>
/// <param name="MaxRequestBody">Bytes that a request's body may have.</param>
/// <param name="ReadTimeout">How long a client may take to send its request, counted for the headers and for the body.</param>
public sealed record ServerSettings(int MaxRequestBody, TimeSpan ReadTimeout)
{
    public static ServerSettings Read(HoconReader hocon) => new(
        hocon.Bytes("multus.server.max-request-body", 4096, 64 << 20),
        hocon.Duration("multus.server.read-timeout", TimeSpan.FromMilliseconds(100)));
}
