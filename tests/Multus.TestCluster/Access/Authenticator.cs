using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Multus.TestCluster.Certificates;
using Multus.TestCluster.Statuses;

namespace Multus.TestCluster.Access;

/// <summary>Finds out who asks: by bearer token, else by client certificate. Nobody is let in without either.</summary>
internal sealed class Authenticator(AccessBook access, ServerIdentity identity)
{
    private const string Bearer = "Bearer ";

    private readonly ConcurrentDictionary<(string Thumbprint, CertificateAuthority Authority), bool> _verdicts = new();

    /// <exception cref="ApiException">401.</exception>
    public Requester WhoIs(HttpContext http)
    {
        var header = http.Request.Headers.Authorization.ToString();
        var user = header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? access.UserOf(header[Bearer.Length..].Trim())
            : UserOf(http.Connection.ClientCertificate);
        return user ?? throw new ApiException(ApiStatus.Unauthorized());
    }

    private Requester? UserOf(X509Certificate2? certificate)
    {
        if (certificate is null)
            return null;
        var authority = identity.Authority;
        // To build a chain takes a millisecond, so who signed is found out once; the dates are looked at every time.
        var isOurs = _verdicts.GetOrAdd((certificate.Thumbprint, authority), _ => authority.Vouches(certificate));
        return isOurs && authority.IsWithinTime(certificate) ? Requester.Of(certificate) : null;
    }
}
