using System.Net.Http.Headers;

namespace Multus.Kubernetes.Api.Credentials;

/// <summary>What shows an API server who asks, at this moment.</summary>
/// <param name="Authorization">The header, <c>null</c>: none.</param>
/// <param name="Certificate">The same instance for as long as it is the same certificate.</param>
internal sealed record Credential(AuthenticationHeaderValue? Authorization, ClientCertificate? Certificate)
{
    /// <summary>Whether a header can carry it.</summary>
    public static bool IsToken(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('!', '~');

    public static AuthenticationHeaderValue Bearer(string token) => new("Bearer", token);

    public override string ToString() => "credential"; // a secret does not belong in a log line
}
