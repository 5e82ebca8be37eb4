namespace Multus.Engine;

/// <summary>Log events 1100–1199.</summary>
public static partial class SandboxLog
{
    [LoggerMessage(1100, LogLevel.Debug, "{Verb} of sandbox {Sandbox} begins (request {Request})")]
    public static partial void Started(ILogger log, string verb, string sandbox, string request);

    [LoggerMessage(
        1101,
        LogLevel.Information,
        "{Verb} of sandbox {Sandbox} done in {Milliseconds:0.0} ms (request {Request})"
    )]
    public static partial void Ended(ILogger log, string verb, string sandbox, string request, double milliseconds);

    [LoggerMessage(
        1102,
        LogLevel.Warning,
        "{Verb} of sandbox {Sandbox} failed after {Milliseconds:0.0} ms (request {Request}): {Error}"
    )]
    public static partial void Failed(
        ILogger log,
        string verb,
        string sandbox,
        string request,
        double milliseconds,
        string error
    );

    [LoggerMessage(1103, LogLevel.Error, "{Verb} of sandbox {Sandbox} crashed (request {Request})")]
    public static partial void Crashed(ILogger log, string verb, string sandbox, string request, Exception crash);

    [LoggerMessage(
        1104,
        LogLevel.Information,
        "pod {Namespace}/{Pod} of sandbox {Sandbox} is not known to {Source}: it gets the cluster network only"
    )]
    public static partial void PodUnknown(ILogger log, string @namespace, string pod, string sandbox, string source);

    [LoggerMessage(
        1105,
        LogLevel.Information,
        "sandbox {Sandbox}: network {Network} attached as {IfName} (request {Request})"
    )]
    public static partial void Attached(ILogger log, string sandbox, string network, string ifName, string request);

    [LoggerMessage(
        1106,
        LogLevel.Warning,
        "sandbox {Sandbox}: network {Network}, interface {IfName} could not be undone and stays on record: {Error}"
    )]
    public static partial void NotUndone(ILogger log, string sandbox, string network, string ifName, string error);

    [LoggerMessage(
        1107,
        LogLevel.Information,
        "sandbox {Sandbox} was attached already: the ADD is answered as the first time (request {Request})"
    )]
    public static partial void AlreadyAttached(ILogger log, string sandbox, string request);

    [LoggerMessage(
        1108,
        LogLevel.Warning,
        "sandbox {Sandbox} was left half attached by an earlier ADD: it is undone first (request {Request})"
    )]
    public static partial void HalfAttached(ILogger log, string sandbox, string request);

    [LoggerMessage(
        1109,
        LogLevel.Warning,
        "record of sandbox {Sandbox} is damaged ({Reason}); the result cache is used instead"
    )]
    public static partial void RecordDamaged(ILogger log, string sandbox, string reason);

    [LoggerMessage(
        1110,
        LogLevel.Warning,
        "sandbox {Sandbox}: network-status of pod {Namespace}/{Pod} is not written: {Reason}"
    )]
    public static partial void StatusNotWritten(
        ILogger log,
        string sandbox,
        string @namespace,
        string pod,
        string reason
    );

    [LoggerMessage(
        1115,
        LogLevel.Debug,
        "sandbox {Sandbox}: network-status of pod {Namespace}/{Pod} waits for the cluster: {Reason}"
    )]
    public static partial void StatusWaits(ILogger log, string sandbox, string @namespace, string pod, string reason);

    [LoggerMessage(1111, LogLevel.Debug, "sandbox {Sandbox} has no record here: nothing to do (request {Request})")]
    public static partial void NothingRecorded(ILogger log, string sandbox, string request);

    [LoggerMessage(
        1112,
        LogLevel.Warning,
        "record of sandbox {Sandbox} could not be brought up to date, it says more than is left: {Reason}"
    )]
    public static partial void NotRecorded(ILogger log, string sandbox, string reason);

    [LoggerMessage(1123, LogLevel.Error, "sandbox {Sandbox}: detaching crashed; what is left stays on record")]
    public static partial void UndoCrashed(ILogger log, string sandbox, Exception crash);

    [LoggerMessage(
        1124,
        LogLevel.Warning,
        "sandbox {Sandbox}: a DEL is stored in {Folder} and repeated until it is done (request {Request})"
    )]
    public static partial void DeleteStored(ILogger log, string sandbox, string folder, string request);

    [LoggerMessage(
        1125,
        LogLevel.Error,
        "sandbox {Sandbox}: a DEL of what is left could not be stored in {Folder}; nobody repeats it unless the "
            + "runtime does (request {Request})"
    )]
    public static partial void DeleteNotStored(
        ILogger log,
        string sandbox,
        string folder,
        string request,
        Exception crash
    );

    [LoggerMessage(
        1126,
        LogLevel.Warning,
        "sandbox {Sandbox}: network namespace {NetNs} is another one than at the ADD on record; that one's "
            + "attachments are undone first (request {Request})"
    )]
    public static partial void OtherNamespace(ILogger log, string sandbox, string netNs, string request);

    [LoggerMessage(
        1127,
        LogLevel.Warning,
        "ADD of sandbox {Sandbox} has taken {Seconds} s and goes on; others may begin in its place (request {Request})"
    )]
    public static partial void LostPermit(ILogger log, string sandbox, double seconds, string request);

    [LoggerMessage(
        1128,
        LogLevel.Warning,
        "STATUS is answered from memory: cluster and plugins have not said within {Milliseconds} ms how they are"
    )]
    public static partial void StatusFromMemory(ILogger log, double milliseconds);

    [LoggerMessage(
        1131,
        LogLevel.Error,
        "sandbox {Sandbox}: what an earlier ADD left could not be undone and is not in the way; a new ADD begins, "
            + "and the sandbox's DEL tries again (request {Request}): {Left}"
    )]
    public static partial void BegunBesideLeftovers(ILogger log, string sandbox, string left, string request);

    [LoggerMessage(
        1132,
        LogLevel.Warning,
        "DEL of sandbox {Sandbox}, which was given up: it has failed once more and waits for the operator as "
            + "before (request {Request}): {Left}"
    )]
    public static partial void StillGivenUp(ILogger log, string sandbox, string left, string request);

    [LoggerMessage(
        1113,
        LogLevel.Information,
        "sandbox {Sandbox}: network {Network} has the default route now, through {Gateway} over {IfName}"
    )]
    public static partial void DefaultRouteTaken(
        ILogger log,
        string sandbox,
        string network,
        string ifName,
        string gateway
    );

    [LoggerMessage(
        1114,
        LogLevel.Warning,
        "sandbox {Sandbox}: its default routes could not be put back as they were: {Reason}"
    )]
    public static partial void RoutesNotPutBack(ILogger log, string sandbox, string reason);

    [LoggerMessage(
        1115,
        LogLevel.Warning,
        "sandbox {Sandbox}: the IPv6 routes to fe80::/64 and ff00::/8 could not be put in the order of the pod's "
            + "networks: {Reason}"
    )]
    public static partial void RoutesNotInOrder(ILogger log, string sandbox, string reason);

    [LoggerMessage(1120, LogLevel.Information, "{What} waits for readinessindicatorfile {Path}")]
    public static partial void WaitsForReadiness(ILogger log, string what, string path);

    [LoggerMessage(1130, LogLevel.Warning, "sandbox {Sandbox}: device information in {Path} is passed over: {Reason}")]
    public static partial void DeviceInfoFailed(ILogger log, string sandbox, string path, string reason);

    [LoggerMessage(
        1133,
        LogLevel.Debug,
        "DEL of sandbox {Sandbox}: all that it had was detached before (request {Request})"
    )]
    public static partial void DetachedBefore(ILogger log, string sandbox, string request);

    [LoggerMessage(
        1134,
        LogLevel.Information,
        "DEL of sandbox {Sandbox}, which Multus did not attach: network {Network} is detached as {Source} has it "
            + "(request {Request})"
    )]
    public static partial void DetachesUnrecorded(
        ILogger log,
        string sandbox,
        string network,
        string source,
        string request
    );

    [LoggerMessage(
        1135,
        LogLevel.Warning,
        "DEL of sandbox {Sandbox}, which Multus did not attach: nothing is run, for what the cluster network is "
            + "cannot be told: {Reason} (request {Request})"
    )]
    public static partial void UnrecordedNotDetached(ILogger log, string sandbox, string reason, string request);

    [LoggerMessage(
        1136,
        LogLevel.Warning,
        "the runtime's result cache {Folder} is of no use for the DEL of sandbox {Sandbox}: {Reason}"
    )]
    public static partial void RuntimeCacheFailed(ILogger log, string folder, string sandbox, string reason);

    [LoggerMessage(1137, LogLevel.Warning, "what was detached is not kept over a restart in {Path}: {Reason}")]
    public static partial void DetachedNotKept(ILogger log, string path, string reason);

    [LoggerMessage(
        2007,
        LogLevel.Warning,
        "a request names cniDir {RequestCniDir}, the daemon {CniDir}: a DEL that its shim stores there while the "
            + "daemon is away is not found. Use one folder for both."
    )]
    public static partial void OtherCniDir(ILogger log, string requestCniDir, string cniDir);
}
