using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Multus.Core.Pods;
using Multus.Kubernetes.Api.Json;
using Multus.Kubernetes.Api.Transport;

namespace Multus.Kubernetes.Certificates;

/// <summary>Makes CertificateSigningRequests of a node, and waits until one is signed.</summary>
internal sealed class SigningRequests(NodeCertificateSettings settings, TimeProvider time, ILogger log)
{
    public const string Root = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
    public const string Resource = "certificatesigningrequests.certificates.k8s.io";

    private const string NamePrefix = "csr-";
    private const string DigitalSignature = "digital signature";
    private const string ClientAuthentication = "client auth";

    // A signer that works takes less than a second. Who has to be asked takes minutes, and thousands of nodes wait.
    private static readonly TimeSpan ShortestPoll = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(10);

    /// <summary>The usages that a node's certificate has, and no others.</summary>
    public static IReadOnlyList<string> Usages { get; } = [DigitalSignature, ClientAuthentication];

    /// <summary>One request from its key to its certificate.</summary>
    /// <param name="credential">As whom, for messages.</param>
    /// <param name="onMade">Told the request's name.</param>
    /// <returns>The certificate chain and the key, both as PEM.</returns>
    /// <exception cref="KubernetesException">There is none: refused, not signed in time, or not to be had.</exception>
    public async Task<(string Certificate, string Key)> SignAsync(
        ApiTransport transport,
        string credential,
        Action<string> onMade,
        CancellationToken cancel
    )
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var made = await CreateAsync(transport, key, cancel).ConfigureAwait(false);
        var name = made.Metadata?.Name;
        if (name is null || !KubernetesNames.IsSubdomain(name))
            throw new KubernetesException($"{transport.Server} made {Resource} without a name", isTransient: true);
        CertificateLog.Requested(log, name, credential, transport.Server);
        onMade(name);
        var certificate = await WaitAsync(transport, made, name, cancel).ConfigureAwait(false);
        RequireForUs(certificate, key, name);
        return (certificate, key.ExportECPrivateKeyPem());
    }

    private async Task<V1CertificateSigningRequest> CreateAsync(
        ApiTransport transport,
        ECDsa key,
        CancellationToken cancel
    )
    {
        var subject = new X500DistinguishedName($"O={NodeIdentity.Organization}, CN={settings.CommonName}");
        var request = new ApiRequest("create", Resource, Root)
        {
            Body = new V1CertificateSigningRequest
            {
                ApiVersion = "certificates.k8s.io/v1",
                Kind = "CertificateSigningRequest",
                Metadata = new V1ObjectMeta { GenerateName = NamePrefix },
                Spec = new V1CertificateSigningRequestSpec
                {
                    Request = Encoding.ASCII.GetBytes(
                        new CertificateRequest(subject, key, HashAlgorithmName.SHA256).CreateSigningRequestPem()
                    ),
                    SignerName = NodeIdentity.SignerName,
                    Usages = [.. Usages],
                    ExpirationSeconds = (int)settings.Duration.TotalSeconds,
                },
            },
            IsRepeatable = false,
        };
        return await transport.ReadAsync<V1CertificateSigningRequest>(request, cancel).ConfigureAwait(false);
    }

    private async Task<string> WaitAsync(
        ApiTransport transport,
        V1CertificateSigningRequest state,
        string name,
        CancellationToken cancel
    )
    {
        var get = new ApiRequest("get", Resource, $"{Root}/{name}") { Name = name };
        var began = time.GetTimestamp();
        for (var poll = ShortestPoll; ; poll = poll * 1.5 < LongestPoll ? poll * 1.5 : LongestPoll)
        {
            if (state.Status?.Certificate is { Length: > 0 } pem)
                return Encoding.UTF8.GetString(pem);
            RequireNotRefused(state, name);
            if (time.GetElapsedTime(began) >= settings.SigningPatience)
                throw new KubernetesException(
                    $"{Resource} {name} was not signed within {settings.SigningPatience.TotalMinutes:0.#} min",
                    isTransient: true
                );
            await Task.Delay(poll, time, cancel).ConfigureAwait(false);
            try
            {
                state = await transport.ReadAsync<V1CertificateSigningRequest>(get, cancel).ConfigureAwait(false);
            }
            catch (KubernetesException e) when (e.IsOutage || e.Status >= 500)
            {
                CertificateLog.NotSeen(log, name, e.Message); // the request is still there when the server is back
            }
        }
    }

    private static void RequireNotRefused(V1CertificateSigningRequest state, string name)
    {
        foreach (var condition in state.Status?.Conditions ?? [])
        {
            if (condition is { Type: "Denied" or "Failed", Status: not "False" })
                throw new KubernetesException(
                    $"{Resource} {name} is {condition.Type} ({condition.Reason}): {condition.Message}",
                    isTransient: true
                );
        }
    }

    private void RequireForUs(string certificatePem, ECDsa key, string name)
    {
        try
        {
            var pair = CertificatePair.Parse($"{certificatePem.TrimEnd()}\n{key.ExportECPrivateKeyPem()}");
            if (pair.ProblemFor(settings, time.GetUtcNow()) is { } problem)
                throw new KubernetesException(
                    $"the certificate of {Resource} {name} does not do: {problem}",
                    isTransient: true
                );
        }
        catch (CryptographicException e)
        {
            throw new KubernetesException(
                $"the certificate of {Resource} {name} cannot be used: {e.Message}",
                isTransient: true,
                e
            );
        }
    }
}
