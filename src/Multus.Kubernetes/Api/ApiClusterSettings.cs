namespace Multus.Kubernetes.Api;

/// <summary>How the API server is used.</summary>
/// <param name="NodeName">Whose pods are watched: <c>spec.nodeName</c>. Empty: those of all nodes, as upstream does
/// when it is not told.</param>
/// <param name="Version">Ours, for the User-Agent.</param>
public sealed record ApiClusterSettings(string NodeName, string Version)
{
    /// <summary>The program's name, for the User-Agent.</summary>
    public string Program { get; init; } = "multus-daemon";

    /// <summary>From the wait for a free slot to the last byte of the answer; of a watch, to the first.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a request is repeated while the server says that it is too busy.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Requests under way at once, watches not counted: what protects the server instead of a rate.</summary>
    public int MaxInFlight { get; init; } = 32;

    /// <summary>Objects per page of a list.</summary>
    public int PageSize { get; init; } = 250;

    /// <summary>
    /// The server is asked to end a watch after this time, up to twice as long: watches then spread over the servers.
    /// </summary>
    public TimeSpan WatchLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A connection without traffic for this long is pinged.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A connection on which a ping is not answered for this long is given up.</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The most that is waited after the second failure in a row of a list or watch; doubles. Each wait is anything up
    /// to the most.
    /// </summary>
    public TimeSpan BackoffMin { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Of a server that answers and refuses: somebody has to change something first.</summary>
    public TimeSpan BackoffMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Of a server that does not answer, or not as it should: it may be back at any time. To ask costs a closed port or
    /// a gateway next to nothing.
    /// </summary>
    public TimeSpan AwayBackoffMax { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>
    /// For so long after it was away a server may refuse for the reason that it is not ready yet; then a refusal counts
    /// as one.
    /// </summary>
    public TimeSpan ReturnTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest wait for a CustomResourceDefinition that is not installed.</summary>
    public TimeSpan AbsentBackoffMax { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Token, certificate and authority files are looked at again after this time.</summary>
    public TimeSpan CredentialInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Told, on any thread and maybe often, when the server has refused the newest credential there is (401).
    /// </summary>
    public Action? OnRefused { get; init; }

    /// <summary>
    /// Told of each request that was sent, on any thread: its verb as RBAC has it, and the status of the answer; 0:
    /// there was none.
    /// </summary>
    public Action<string, int>? OnAnswered { get; init; }

    /// <summary>How long a refused PATCH is replaced by GET and PUT before it is tried again.</summary>
    public TimeSpan PatchForbiddenFor { get; init; } = TimeSpan.FromMinutes(10);
}
