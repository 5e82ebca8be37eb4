using System.Text;
using Multus.Cni;

namespace Multus.Shim;

/// <summary>
/// What the daemon's refusal becomes for the runtime: code, message and details unchanged when it sent a CNI error.
/// </summary>
internal static class DaemonError
{
    private const int MaxTextBytes = 4096;

    public static CniError From(HttpReply reply)
    {
        if (CniError.TryParse(reply.Body, out var error) && error.Message.Length > 0)
            return error;

        // Upstream's daemon sends most of its errors as text, which has no code (spec/wire-and-daemon.md §3.3).
        var text = Encoding.UTF8.GetString(reply.Body.Span[..Math.Min(reply.Body.Length, MaxTextBytes)]).Trim();
        return text.Length > 0
            ? new(CniErrorCode.Internal, text, $"the daemon answered with HTTP status {reply.Status}")
            : new(CniErrorCode.Internal, $"the daemon answered with HTTP status {reply.Status} and no text");
    }
}
