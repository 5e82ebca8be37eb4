using Multus.Wire;

namespace Multus.Host.Server;

/// <summary>Tells a daemon of ours from upstream's by its answers.</summary>
internal static class DaemonIdentity
{
    /// <summary>The version of ours that answered; null: it is another, or one of ours that does not say.</summary>
    public static string? VersionOf(HttpResponseMessage answer) =>
        answer.Headers.Server.FirstOrDefault(value => $"{value.Product?.Name}/" == WirePaths.DaemonProduct) is { } ours
            ? ours.Product!.Version ?? ""
            : null;

    /// <summary>
    /// Whether what answered <c>/healthz</c> is ours, of any version: ours answers with figures, upstream's with
    /// nothing.
    /// </summary>
    public static async Task<bool> IsOursAsync(HttpResponseMessage health, CancellationToken cancel) =>
        VersionOf(health) is not null
        || (await health.Content.ReadAsStringAsync(cancel)).Contains("\"ready\"", StringComparison.Ordinal);
}
