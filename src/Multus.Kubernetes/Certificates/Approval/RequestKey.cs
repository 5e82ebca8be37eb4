namespace Multus.Kubernetes.Certificates.Approval;

/// <summary>One CertificateSigningRequest; a name may be given again.</summary>
internal sealed record RequestKey(string Name, string Uid);
