using Multus.Cni;
using Multus.Cni.FrontEnd;
using Multus.Wire;

namespace Multus.Shim;

/// <summary>
/// DEL never holds up a node and is never lost: it is asked for once, and what the daemon did not do is kept on disk
/// for it. Success means done or kept.
/// </summary>
internal static class Delete
{
    /// <exception cref="CniException">Code 11: neither done nor kept; the runtime asks again. Another: the request
    /// itself is wrong, and nothing is kept.</exception>
    public static int Run(ShimCall call)
    {
        var body = call.Request.ToJson();
        var timeout = new Deadline(TimeProvider.System, call.Settings.Timeout);
        var attempt = DaemonConnection.Exchange(call.Settings.Socket, HttpMessage.Post(WirePaths.Cni, body), timeout);
        if (attempt is Attempt.Answered { Reply.Status: 200 })
            return 0;
        if (attempt is Attempt.Answered { Reply.Status: WireStatus.WrongRequest } wrong)
            throw new CniException(DaemonError.From(wrong.Reply)); // it would be as wrong when it is repeated

        var file = Keep(call, body, attempt);
        StandardStreams.Say(
            $"multus-shim: DEL of {call.Call.IfName} of container {call.Call.Sandbox} is kept in {file} until the "
                + "daemon "
                + $"does it: {OneLine(attempt.Words)}"
        );
        return 0;
    }

    private static string Keep(ShimCall call, byte[] body, Attempt attempt)
    {
        var folder = Path.Combine(call.Settings.CniDir, PendingDelete.FolderName);
        try
        {
            return PendingFile.Store(folder, PendingDelete.FileName(call.Call.Sandbox, call.Call.IfName), body);
        }
        catch (Exception unwritable)
            when (unwritable is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException
            )
        {
            throw new CniException(
                new CniError(
                    CniErrorCode.TryAgainLater,
                    $"DEL was neither done nor could it be kept in {folder}: {OneLine(attempt.Words)}",
                    $"keeping it: {unwritable.Message}"
                ),
                unwritable
            );
        }
    }

    private static string OneLine(string text) => text.ReplaceLineEndings("; ");
}
