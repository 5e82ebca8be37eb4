using Multus.Cni;

namespace Multus.Shim;

/// <summary>How one attempt to have the daemon answer has ended.</summary>
internal abstract record Attempt
{
    private Attempt() { } // closed: the five below are all there are

    public sealed record Answered(HttpReply Reply) : Attempt;

    /// <summary>Nobody listens: nothing was sent.</summary>
    public sealed record Absent(string Reason) : Attempt;

    /// <summary>The connection ended without a whole answer: the daemon may or may not have done the work.</summary>
    public sealed record Broken(string Reason) : Attempt;

    /// <summary>The daemon has the request and has not answered in time.</summary>
    public sealed record TimedOut(string Reason) : Attempt;

    /// <summary>Trying again would end the same way.</summary>
    public sealed record Failed(CniError Error) : Attempt;

    /// <summary>The outcome in words, for an error or a line in the log.</summary>
    public string Words =>
        this switch
        {
            Answered answered => DaemonError.From(answered.Reply).Text,
            Absent absent => absent.Reason,
            Broken broken => broken.Reason,
            TimedOut timedOut => timedOut.Reason,
            Failed failed => failed.Error.Text,
            _ => "",
        };
}
