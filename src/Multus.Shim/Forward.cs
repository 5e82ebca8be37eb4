using Multus.Cni;
using Multus.Cni.FrontEnd;
using Multus.Wire;

namespace Multus.Shim;

/// <summary>
/// ADD, CHECK, STATUS and GC: the daemon's answer is the runtime's, and a daemon that is away is waited for, up to a
/// bounded time.
/// </summary>
internal static class Forward
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestBlindPause = TimeSpan.FromMilliseconds(100);

    // A daemon that takes requests and drops them is in trouble: asking again and again would not help it.
    private static readonly TimeSpan FirstPauseAfterBreak = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPauseAfterBreak = TimeSpan.FromSeconds(5);

    /// <exception cref="CniException">The daemon's own error, or code 11 when it was away or silent for too
    /// long.</exception>
    public static int Run(ShimCall call)
    {
        var reply = Post(call, HttpMessage.Post(WirePaths.Cni, call.Request.ToJson()));
        if (reply.Status != 200)
            throw new CniException(DaemonError.From(reply));
        if (call.Command == CniCommand.Add)
            StandardStreams.Print(ResultFor(call, reply.Body));
        return 0;
    }

    private static HttpReply Post(ShimCall call, byte[] request)
    {
        var wait = new Deadline(TimeProvider.System, call.Settings.Wait);
        var attempt = DaemonConnection.Exchange(call.Settings.Socket, request, Timeout(call));
        if (IsWorthAnother(attempt) && !wait.IsOver)
            attempt = PostPatiently(call, request, attempt, wait);
        return attempt is Attempt.Answered answered ? answered.Reply : throw GivenUp(call, attempt, wait.Passed);
    }

    private static Attempt PostPatiently(ShimCall call, byte[] request, Attempt attempt, Deadline wait)
    {
        using var slot = InotifyLease.Take();
        using var watch = new SocketWatch(call.Settings.Socket, slot.IsMine);
        var pause = FirstPause;
        while (IsWorthAnother(attempt) && !wait.IsOver)
        {
            var isChanged = watch.Wait(Shorter(pause, wait.Left));
            pause = isChanged ? FirstPause : Longer(pause, attempt, watch.IsBlind);
            watch.Rearm(); // before the attempt: what changes after it ends the next wait
            attempt = DaemonConnection.Exchange(call.Settings.Socket, request, Timeout(call));
        }

        return attempt;
    }

    // An ADD that broke off may be sent again: the daemon attaches a container once, however often it is asked.
    private static bool IsWorthAnother(Attempt attempt) => attempt is Attempt.Absent or Attempt.Broken;

    private static Deadline Timeout(ShimCall call) => new(TimeProvider.System, call.Settings.Timeout);

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Longer(TimeSpan pause, Attempt attempt, bool isBlind)
    {
        if (attempt is Attempt.Absent)
            return Shorter(pause * 2, isBlind ? LongestBlindPause : LongestPause);
        return pause < FirstPauseAfterBreak ? FirstPauseAfterBreak : Shorter(pause * 2, LongestPauseAfterBreak);
    }

    private static CniException GivenUp(ShimCall call, Attempt attempt, TimeSpan waited) =>
        attempt is Attempt.Failed failed
            ? new(failed.Error)
            : new(
                CniErrorCode.TryAgainLater,
                $"the multus daemon did not take this {call.Command.ToWire()}: {attempt.Words}",
                $"socket {call.Settings.Socket}, {Waited(call, waited)}see that the multus-daemon of this node runs"
            );

    // What STATUS says becomes a condition of the Node, which is written anew each time that a figure in it changes.
    private static string Waited(ShimCall call, TimeSpan waited) =>
        call.Command == CniCommand.Status ? "" : $"waited {DurationText.Of(waited)}; ";

    // Any version comes in, the one that the runtime's configuration names goes out.
    private static byte[] ResultFor(ShimCall call, ReadOnlyMemory<byte> body)
    {
        try
        {
            return CniReplyBody.ParseAdded(body).ConvertTo(call.Call.ConfigVersion).ToJson(indented: true);
        }
        catch (WireFormatException unreadable)
        {
            throw new CniException(
                new CniError(CniErrorCode.Internal, $"the daemon at {call.Settings.Socket}: {unreadable.Message}"),
                unreadable
            );
        }
        catch (CniException inconvertible)
        {
            throw new CniException(inconvertible.Error with { Code = CniErrorCode.Internal }, inconvertible);
        }
    }
}
