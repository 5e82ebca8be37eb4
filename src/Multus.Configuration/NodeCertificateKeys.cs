using Multus.Kubernetes.Certificates;

namespace Multus.Configuration;

/// <summary>The key <c>perNodeCertificate</c> of <c>daemon-config.json</c> (wire-and-daemon.md §11).</summary>
/// <param name="BootstrapKubeconfig">Path of the kubeconfig for the first request.</param>
/// <param name="CertDir">Folder of certificates and keys.</param>
/// <param name="CertDuration">How long a certificate is to be good.</param>
public sealed record NodeCertificateKeys(string BootstrapKubeconfig, string CertDir, TimeSpan CertDuration)
{
    public const string Key = "perNodeCertificate";
    public const string DefaultDuration = "10m";

    internal static readonly string DurationRule =
        $"must be a duration from {NodeCertificateSettings.ShortestDuration.TotalMinutes:0}m, which is the shortest "
        + "that Kubernetes signs, like 10m, 24h or 1h30m";

    /// <summary>Null: the daemon has none of its own.</summary>
    internal static NodeCertificateKeys? Read(KeyReader root)
    {
        var keys = root.Object(Key);
        var bootstrap = keys.Text("bootstrapKubeconfig", "");
        var folder = keys.Text("certDir", "");
        var text = keys.Text("certDuration", DefaultDuration);
        if (!keys.Flag("enabled", false))
            return null;

        keys.Require("bootstrapKubeconfig", bootstrap is ['/', ..], "must be the absolute path of a kubeconfig");
        keys.Require("certDir", folder is ['/', ..], "must be the absolute path of a folder");
        var duration = DurationOf(text);
        keys.Require("certDuration", duration is not null, DurationRule);
        return new NodeCertificateKeys(bootstrap, folder, duration ?? NodeCertificateSettings.ShortestDuration);
    }

    /// <summary>Null: it is none that a certificate can have.</summary>
    internal static TimeSpan? DurationOf(string text) =>
        GoDuration.Parse(text) is { } duration
        && duration >= NodeCertificateSettings.ShortestDuration
        && duration <= NodeCertificateSettings.LongestDuration
            ? duration
            : null;
}
