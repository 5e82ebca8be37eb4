namespace Multus.Host;

/// <summary>Log events 2000–2099.</summary>
internal static partial class HostLog
{
    [LoggerMessage(
        2000,
        LogLevel.Information,
        "{Version} listens on {Socket}; pods and networks come from {Cluster}; started in {Milliseconds:0} ms"
    )]
    public static partial void Listening(
        ILogger log,
        string version,
        string socket,
        string cluster,
        double milliseconds
    );

    [LoggerMessage(2001, LogLevel.Information, "told to stop: requests under way are finished first")]
    public static partial void Stopping(ILogger log);

    [LoggerMessage(2002, LogLevel.Information, "stopped")]
    public static partial void Stopped(ILogger log);

    [LoggerMessage(2003, LogLevel.Critical, "the daemon crashed")]
    public static partial void Crashed(ILogger log, Exception crash);

    [LoggerMessage(2004, LogLevel.Critical, "the daemon ends: {Reason}")]
    public static partial void Fatal(ILogger log, string reason);

    [LoggerMessage(2005, LogLevel.Warning, "request {Method} {Path} refused: {Reason}")]
    public static partial void Refused(ILogger log, string method, string path, string reason);

    [LoggerMessage(2006, LogLevel.Error, "request {Method} {Path} crashed")]
    public static partial void RequestCrashed(ILogger log, string method, string path, Exception crash);

    [LoggerMessage(
        2008,
        LogLevel.Information,
        "removed {Count} half-written files from {Folder}: the daemon before this was killed while it wrote them"
    )]
    public static partial void Swept(ILogger log, int count, string folder);

    [LoggerMessage(2009, LogLevel.Warning, "half-written files could not be removed from {Folder}: {Reason}")]
    public static partial void NotSwept(ILogger log, string folder, string reason);

    [LoggerMessage(2010, LogLevel.Warning, "request {Request} failed with code {Code}: {Error}")]
    public static partial void NotDone(ILogger log, string request, uint code, string error);

    [LoggerMessage(
        2011,
        LogLevel.Warning,
        "killed plugin process {Pid} and its group: the daemon that started it is gone (marker {Marker})"
    )]
    public static partial void OrphanKilled(ILogger log, int pid, string marker);

    [LoggerMessage(
        2012,
        LogLevel.Error,
        "plugin processes of the daemon before this did not die within {Seconds} s: what they make is not on record"
    )]
    public static partial void OrphansLeft(ILogger log, double seconds);

    [LoggerMessage(
        2013,
        LogLevel.Warning,
        "MULTUS_NODE_NAME is not set: the pods of all nodes are followed, at the cost of memory and of the API "
            + "server. Set it from spec.nodeName."
    )]
    public static partial void NodeUnknown(ILogger log);

    [LoggerMessage(
        2017,
        LogLevel.Warning,
        "another daemon is listening on {Socket}: this one waits until that is gone. To have both, give this one "
            + "another socketDir."
    )]
    public static partial void SocketTaken(ILogger log, string socket);

    [LoggerMessage(2018, LogLevel.Information, "nobody listens on {Socket} any more, after {Seconds:0} s")]
    public static partial void SocketFree(ILogger log, string socket, double seconds);

    [LoggerMessage(2020, LogLevel.Warning, "STATUS says from now on that pods cannot be attached: {Trouble}")]
    public static partial void StatusTrouble(ILogger log, string trouble);

    [LoggerMessage(2021, LogLevel.Information, "STATUS says from now on that pods can be attached")]
    public static partial void StatusFine(ILogger log);

    [LoggerMessage(2014, LogLevel.Information, "SIGHUP: the log file, if there is one, was opened anew")]
    public static partial void Reopened(ILogger log);

    [LoggerMessage(2022, LogLevel.Warning, "{Key}")]
    public static partial void WithoutEffect(ILogger log, string key);

    [LoggerMessage(2023, LogLevel.Warning, "{Socket} was deleted by somebody: it was made again, and is answered")]
    public static partial void SocketMadeAgain(ILogger log, string socket);

    [LoggerMessage(
        2024,
        LogLevel.Error,
        "{Socket} was deleted by somebody, and cannot be made again: {Reason}. No request arrives until it can."
    )]
    public static partial void SocketNotMadeAgain(ILogger log, string socket, string reason);

    [LoggerMessage(2027, LogLevel.Debug, "stopping: nobody can connect any more")]
    public static partial void SocketClosed(ILogger log);

    [LoggerMessage(2028, LogLevel.Debug, "stopping: requests have ended, but for {Count}")]
    public static partial void RequestsEnded(ILogger log, int count);

    [LoggerMessage(2029, LogLevel.Debug, "stopping: the server has ended")]
    public static partial void ServerEnded(ILogger log);

    [LoggerMessage(
        2025,
        LogLevel.Warning,
        "{Folder} was open to others than root (mode {Mode}): it and what is in it are root's only from now on"
    )]
    public static partial void Closed(ILogger log, string folder, string mode);

    [LoggerMessage(2030, LogLevel.Error, "no connection can be taken: {Reason}; it is tried again")]
    public static partial void NotAccepted(ILogger log, string reason);

    [LoggerMessage(
        2031,
        LogLevel.Warning,
        "the limit of open files (RLIMIT_NOFILE) is {Limit}: only {Connections} clients are taken at once, and "
            + "plugins may not find what they need; {Needed} or more would do"
    )]
    public static partial void FewFiles(ILogger log, long limit, int connections, long needed);

    [LoggerMessage(
        2032,
        LogLevel.Debug,
        "memory of the last burst of large requests was given back: {Before} MiB resident before, {After} MiB now"
    )]
    public static partial void MemoryGivenBack(ILogger log, long before, long after);

    [LoggerMessage(2066, LogLevel.Debug, "the code that only a start runs stays resident: {Reason}")]
    public static partial void StartPagesKept(ILogger log, string reason);

    [LoggerMessage(2026, LogLevel.Warning, "the modes of {Folder} cannot be set: {Reason}")]
    public static partial void NotClosed(ILogger log, string folder, string reason);

    [LoggerMessage(
        2033,
        LogLevel.Information,
        "{Socket} is taken over from the daemon that still runs, version {Version}: it answers what it has"
    )]
    public static partial void TakesOver(ILogger log, string socket, string version);

    [LoggerMessage(
        2034,
        LogLevel.Information,
        "another daemon has taken {Socket} over: this one answers what it has, and waits to be stopped"
    )]
    public static partial void HandedOver(ILogger log, string socket);

    [LoggerMessage(2035, LogLevel.Warning, "nobody else listens on {Socket} any more: this daemon is the node's again")]
    public static partial void OwnsNodeAgain(ILogger log, string socket);

    [LoggerMessage(2036, LogLevel.Information, "the daemon before this one is idle, after {Seconds:0.0} s")]
    public static partial void PredecessorIdle(ILogger log, double seconds);

    [LoggerMessage(2037, LogLevel.Warning, "{Reason} cniVersion of the runtime's configuration stays as it was")]
    public static partial void RuntimeVersionUnknown(ILogger log, string reason);

    [LoggerMessage(2039, LogLevel.Information, "{Program} was installed after uninstall: the node has Multus again")]
    public static partial void Reinstalled(ILogger log, string program);

    [LoggerMessage(
        2042,
        LogLevel.Warning,
        "whether Multus was installed again after uninstall cannot be known: {Reason}"
    )]
    public static partial void ReinstallationUnknown(ILogger log, string reason);

    [LoggerMessage(2040, LogLevel.Information, "kubeconfig {Path} is written, and removed at the end")]
    public static partial void KubeconfigWritten(ILogger log, string path);

    [LoggerMessage(2041, LogLevel.Warning, "kubeconfig {Path} stays as it is: {Reason}")]
    public static partial void KubeconfigKept(ILogger log, string path, string reason);

    [LoggerMessage(
        2038,
        LogLevel.Warning,
        "plugin slots: {Slots} instead of {Configured}, for the memory limit of the cgroup is {Limit} MiB "
            + "(60 MiB are the daemon's, 55 MiB each plugin's)"
    )]
    public static partial void SlotsFitted(ILogger log, int slots, int configured, long limit);

    [LoggerMessage(2063, LogLevel.Information, "the live page is served on {Address}, at /ui")]
    public static partial void PageServed(ILogger log, string address);

    [LoggerMessage(2064, LogLevel.Error, "the live page shows nothing to anybody: {Reason}")]
    public static partial void NoPageToken(ILogger log, string reason);

    [LoggerMessage(2065, LogLevel.Error, "the live page's feed crashed; whoever watches asks again")]
    public static partial void FeedCrashed(ILogger log, Exception crash);

    [LoggerMessage(2060, LogLevel.Information, "figures are served on {Address}, at /metrics")]
    public static partial void PortBound(ILogger log, string address);

    [LoggerMessage(2062, LogLevel.Information, "{Verb} of {Sandbox}, request {Request}: traceparent {TraceParent}")]
    public static partial void Traced(ILogger log, string verb, string sandbox, string request, string traceParent);

    [LoggerMessage(
        2061,
        LogLevel.Warning,
        "metricsPort: {Address} cannot be listened on: {Reason} It is tried again every {Seconds} s; pods are attached "
            + "meanwhile, and the socket has the same figures"
    )]
    public static partial void PortNotBound(ILogger log, string address, string reason, double seconds);
}
