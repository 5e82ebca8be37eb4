using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Multus.Linux.Processes;

namespace Multus.Kubernetes.Api.Credentials;

/// <summary>
/// The certificates that the system trusts. With the first chain that it builds, the framework reads all of them, also
/// where only roots of our own count: some 150 files and 50 ms of CPU, several times what the rest of a thin plugin's
/// ADD costs (findings/dotnet-own-root-reads-system-roots.sh). It notes once in a process where they are.
/// </summary>
public static class SystemCertificates
{
    private const string Nowhere = "/proc/self/no-certificates";

    // OpenSSL's variables, which the framework asks.
    private static readonly string[] Variables = ["SSL_CERT_DIR", "SSL_CERT_FILE"];

    /// <summary>
    /// From now on this process trusts nobody but whom it names itself. For a process with authorities of its own, at
    /// its start: before the first connection, and while no other thread asks for the environment.
    /// </summary>
    public static void LeaveOut()
    {
        HomeFolder.Ensure();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=nobody", key, HashAlgorithmName.SHA256);
        using var any = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1));
        NativeEnvironment.While(Variables, Nowhere, () => Build(any));
    }

    private static void Build(X509Certificate2 any)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(any);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        _ = chain.Build(any); // what it says of this one does not count
    }
}
