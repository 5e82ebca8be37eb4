using System.Collections.Immutable;

namespace Multus.Configuration;

/// <summary>
/// Keys <c>ui</c>, <c>uiTokenFile</c> and <c>uiHosts</c>: the live page, on the port of <c>metricsPort</c>. It shows
/// pods' names, addresses and errors: beyond localhost nobody sees it without a token.
/// </summary>
/// <param name="TokenFile">A file with the token that a reader has to know; empty: no token is asked for.</param>
/// <param name="Hosts">Names besides localhost by which the page may be called where no token is asked for.</param>
public sealed record UiKeys(string TokenFile, ImmutableArray<string> Hosts)
{
    private const string Key = "ui";
    private const string TokenKey = "uiTokenFile";
    private const string HostsKey = "uiHosts";

    /// <returns>Null: there is no page.</returns>
    internal static UiKeys? Read(KeyReader keys, MetricsKeys? port)
    {
        var (tokenFile, hosts) = (keys.Text(TokenKey, ""), keys.Texts(HostsKey));
        keys.Require(TokenKey, tokenFile is "" or ['/', ..], "must be the absolute path of a file with a token");
        if (!keys.Flag(Key, false))
            return null;

        keys.Require(
            Key,
            port is not null,
            "is served on the port of metricsPort, and that is not set: set metricsPort to 9091, or ui to false"
        );
        keys.Require(
            Key,
            port is null || port.IsLocal || tokenFile.Length > 0,
            $"shows pods and their addresses to whoever reaches {port?.Text}: name a file with a token in {TokenKey} "
                + "(a mounted Secret), or set metricsAddress to localhost and use kubectl port-forward"
        );
        return new UiKeys(tokenFile, hosts);
    }
}
