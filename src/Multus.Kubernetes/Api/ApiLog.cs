using Microsoft.Extensions.Logging;

namespace Multus.Kubernetes.Api;

/// <summary>Event ids 4020 to 4049.</summary>
internal static partial class ApiLog
{
    [LoggerMessage(
        4020,
        LogLevel.Warning,
        "Token file {File} cannot be used, the token before it stays in use: {Reason}"
    )]
    public static partial void TokenKept(ILogger log, string file, string reason);

    [LoggerMessage(
        4021,
        LogLevel.Warning,
        "Client certificate {File} cannot be used, the one before it stays in use: {Reason}"
    )]
    public static partial void CertificateKept(ILogger log, string file, string reason);

    [LoggerMessage(
        4022,
        LogLevel.Warning,
        "Certificate authority {File} cannot be used, the one before it stays in use: {Reason}"
    )]
    public static partial void AuthorityKept(ILogger log, string file, string reason);

    [LoggerMessage(
        4023,
        LogLevel.Information,
        "New connections to the API server use the client certificate or certificate authority that has changed"
    )]
    public static partial void ConnectionsRenewed(ILogger log);

    [LoggerMessage(
        4024,
        LogLevel.Warning,
        "The server's certificate is not accepted: {Subject}, issued by {Issuer}, valid {From:u} to {Until:u}: "
            + "{Problem}"
    )]
    public static partial void ServerNotTrusted(
        ILogger log,
        string subject,
        string issuer,
        DateTime from,
        DateTime until,
        string problem
    );

    [LoggerMessage(4025, LogLevel.Information, "Watching {Resource}: {Count} objects at version {Version}")]
    public static partial void Listed(ILogger log, string resource, int count, string version);

    [LoggerMessage(
        4026,
        LogLevel.Information,
        "The watch of {Resource} is out of step with the server and begins anew with a list: {Reason}"
    )]
    public static partial void WatchExpired(ILogger log, string resource, string reason);

    [LoggerMessage(
        4027,
        LogLevel.Debug,
        "The watch of {Resource} broke off and is resumed at version {Version}: {Reason}"
    )]
    public static partial void WatchResumed(ILogger log, string resource, string? version, string reason);

    [LoggerMessage(4028, LogLevel.Debug, "{Resource} are asked for again in {Wait}, failure {Failures}: {Reason}")]
    public static partial void WatchWaits(ILogger log, string resource, TimeSpan wait, int failures, string reason);

    [LoggerMessage(
        4029,
        LogLevel.Warning,
        "The API server does not know {Resource}: there are no networks until the CustomResourceDefinition is installed"
    )]
    public static partial void ResourceAbsent(ILogger log, string resource);

    [LoggerMessage(
        4030,
        LogLevel.Warning,
        "network-status is written by GET and PUT until patch is tried again in {Wait}: {Reason}"
    )]
    public static partial void PatchForbidden(ILogger log, TimeSpan wait, string reason);
}
