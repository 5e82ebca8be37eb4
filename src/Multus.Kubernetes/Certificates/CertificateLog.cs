using Microsoft.Extensions.Logging;

namespace Multus.Kubernetes.Certificates;

/// <summary>Event ids 4050 to 4069.</summary>
internal static partial class CertificateLog
{
    [LoggerMessage(
        4050,
        LogLevel.Information,
        "The node's certificate {Subject} in {Path} is good until {Until:u} and is replaced from {Rotation:u} on"
    )]
    public static partial void Good(
        ILogger log,
        string subject,
        string path,
        DateTimeOffset until,
        DateTimeOffset rotation
    );

    [LoggerMessage(4051, LogLevel.Information, "A new certificate for the node is asked for: {Reason}")]
    public static partial void Asking(ILogger log, string reason);

    [LoggerMessage(
        4052,
        LogLevel.Information,
        "CertificateSigningRequest {Name} was made as {Credential} at {Server}; it waits for approval and signature"
    )]
    public static partial void Requested(ILogger log, string name, string credential, string server);

    [LoggerMessage(
        4053,
        LogLevel.Warning,
        "The node has no new certificate, it is tried again in {Wait}, failure {Failures}: {Reason}"
    )]
    public static partial void Failed(ILogger log, TimeSpan wait, int failures, string reason);

    [LoggerMessage(
        4054,
        LogLevel.Warning,
        "The node's own certificate does not do for a request, {Bootstrap} is used instead: {Reason}"
    )]
    public static partial void BootstrapUsed(ILogger log, string bootstrap, string reason);

    [LoggerMessage(4055, LogLevel.Warning, "{Bootstrap} cannot be used, what it said before stays in use: {Reason}")]
    public static partial void BootstrapKept(ILogger log, string bootstrap, string reason);

    [LoggerMessage(4056, LogLevel.Debug, "CertificateSigningRequest {Name} could not be looked at: {Reason}")]
    public static partial void NotSeen(ILogger log, string name, string reason);
}
