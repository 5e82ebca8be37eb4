using Multus.TestCluster.Statuses;

namespace Multus.TestCluster.Faults;

/// <summary>What goes wrong with a request.</summary>
public abstract record FaultAction
{
    private FaultAction()
    {
        // closed: the cases below are all there are
    }

    /// <summary>Refused with this status; nothing is done.</summary>
    public sealed record Refuse(ApiStatus Status) : FaultAction;

    /// <summary>429 in plain text, as a server says that has too many requests in flight.</summary>
    public sealed record TooManyRequests(int RetryAfterSeconds) : FaultAction;

    /// <summary>Any answer at all; nothing is done.</summary>
    public sealed record Answer(int Code, string Body, string ContentType = "text/plain; charset=utf-8") : FaultAction;

    /// <summary>The connection is reset before anything is done.</summary>
    public sealed record ResetConnection : FaultAction;

    /// <summary>The request's own stream is reset; with HTTP/1.1 that is the connection.</summary>
    public sealed record ResetStream : FaultAction;

    /// <summary>
    /// The request is carried out, and the connection reset instead of an answer: the client cannot know.
    /// </summary>
    public sealed record LoseAnswer : FaultAction;

    /// <summary>The request is carried out, half of the answer's body is sent, then the connection is reset.</summary>
    public sealed record HalfBody : FaultAction;

    /// <summary>
    /// The request is carried out, half of the answer's body is sent, and nothing more; the connection is well.
    /// </summary>
    public sealed record HangingBody : FaultAction;

    /// <summary>The request waits, then goes its way.</summary>
    public sealed record Hold(Task Until) : FaultAction;
}
