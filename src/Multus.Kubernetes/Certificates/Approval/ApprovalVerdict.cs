namespace Multus.Kubernetes.Certificates.Approval;

/// <summary>What becomes of a CertificateSigningRequest.</summary>
internal abstract record ApprovalVerdict
{
    private ApprovalVerdict()
    {
        // closed: the four below are all there are
    }

    /// <summary>It is none of ours, or somebody has decided already.</summary>
    public sealed record NotOurs(string Reason) : ApprovalVerdict;

    public sealed record Approve(string Node) : ApprovalVerdict;

    public sealed record Deny(string Reason) : ApprovalVerdict;

    /// <summary>Nothing can be said of it; an administrator may.</summary>
    public sealed record Undecided(string Reason) : ApprovalVerdict;
}
