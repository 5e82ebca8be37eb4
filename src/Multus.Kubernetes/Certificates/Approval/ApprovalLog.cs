using Microsoft.Extensions.Logging;

namespace Multus.Kubernetes.Certificates.Approval;

/// <summary>Event ids 4070 to 4089.</summary>
internal static partial class ApprovalLog
{
    [LoggerMessage(4070, LogLevel.Information, "CertificateSigningRequest {Name} of node {Node} is approved")]
    public static partial void Approved(ILogger log, string name, string node);

    [LoggerMessage(4071, LogLevel.Warning, "CertificateSigningRequest {Name} is denied: {Reason}")]
    public static partial void Denied(ILogger log, string name, string reason);

    [LoggerMessage(4072, LogLevel.Debug, "CertificateSigningRequest {Name} is left alone: {Reason}")]
    public static partial void LeftAlone(ILogger log, string name, string reason);

    [LoggerMessage(4073, LogLevel.Warning, "CertificateSigningRequest {Name} is neither approved nor denied: {Reason}")]
    public static partial void Undecided(ILogger log, string name, string reason);

    [LoggerMessage(
        4074,
        LogLevel.Debug,
        "CertificateSigningRequest {Name} is tried again in {Wait}, failure {Failures}: {Reason}"
    )]
    public static partial void Again(ILogger log, string name, TimeSpan wait, int failures, string reason);

    [LoggerMessage(4075, LogLevel.Error, "CertificateSigningRequest {Name} is dropped after {Tries} tries: {Reason}")]
    public static partial void Dropped(ILogger log, string name, int tries, string reason);

    [LoggerMessage(4076, LogLevel.Warning, "No event says what became of CertificateSigningRequest {Name}: {Reason}")]
    public static partial void NoEvent(ILogger log, string name, string reason);

    [LoggerMessage(4077, LogLevel.Information, "CertificateSigningRequests are watched; {Count} are there")]
    public static partial void Watching(ILogger log, int count);

    [LoggerMessage(4078, LogLevel.Warning, "CertificateSigningRequests are not watched at the moment: {Reason}")]
    public static partial void NotWatching(ILogger log, string reason);
}
