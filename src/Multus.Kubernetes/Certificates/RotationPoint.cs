namespace Multus.Kubernetes.Certificates;

/// <summary>
/// When a certificate is replaced: so early that a signer may be away for a while, and not all at once.
/// </summary>
internal static class RotationPoint
{
    private const double Earliest = 0.7;
    private const double Latest = 0.9;

    /// <param name="chance">From 0 to 1: from 70 to 90 percent of the certificate's lifetime.</param>
    public static DateTimeOffset Of(CertificatePair pair, double chance) =>
        pair.NotBefore + ((pair.NotAfter - pair.NotBefore) * (Earliest + ((Latest - Earliest) * chance)));
}
