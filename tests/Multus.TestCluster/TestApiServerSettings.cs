using System.Net;
using System.Net.Sockets;

namespace Multus.TestCluster;

/// <summary>How the server behaves where real ones differ.</summary>
public sealed record TestApiServerSettings
{
    /// <summary>The patch of an object names another <c>metadata.uid</c> than it has.</summary>
    public OtherUidAnswer PatchOfAnotherUid { get; init; } = OtherUidAnswer.Invalid;

    public ExpiredWatchAnswer ExpiredWatch { get; init; } = ExpiredWatchAnswer.ErrorEvent;

    /// <summary>False: the handshake offers HTTP/1.1 only, as some gateways in front of a server do.</summary>
    public bool SpeaksHttp2 { get; init; } = true;

    /// <summary>Requests at once on one HTTP/2 connection; 100 is what Kubernetes 1.28 and later allow.</summary>
    public int StreamsPerConnection { get; init; } = 100;

    /// <summary>
    /// Makes the bound socket that the server listens on: for clients in a network namespace other than the test's.
    /// Null for one where the test is.
    /// </summary>
    public Func<EndPoint, Socket>? Bind { get; init; }

    /// <summary>
    /// Answers to get and list from this size on are compressed for who accepts that; what real servers do.
    /// </summary>
    public int CompressFrom { get; init; } = 128 * 1024;
}

public enum OtherUidAnswer
{
    /// <summary>422 "metadata.uid: … field is immutable": what Kubernetes answers.</summary>
    Invalid,

    /// <summary>
    /// 409 "Precondition failed": what it answers to an update, and what servers in front of it may make of a patch.
    /// </summary>
    Conflict,
}

public enum ExpiredWatchAnswer
{
    /// <summary>200, and the first event is an ERROR with code 410: what Kubernetes answers.</summary>
    ErrorEvent,

    /// <summary>410 as the answer to the request: what it answers when its cache is not yet there.</summary>
    HttpStatus,
}
