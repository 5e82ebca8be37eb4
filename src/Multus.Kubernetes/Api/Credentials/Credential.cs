namespace Multus.Kubernetes.Api.Credentials;

/// <summary>What shows an API server who asks, at this moment.</summary>
/// <param name="Authorization">The value of the header, <c>null</c>: none.</param>
/// <param name="Certificate">The same instance for as long as it is the same certificate.</param>
internal sealed record Credential(string? Authorization, ClientCertificate? Certificate)
{
    public override string ToString() => "credential"; // a secret does not belong in a log line
}
