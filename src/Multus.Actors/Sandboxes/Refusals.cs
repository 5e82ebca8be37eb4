using Multus.Cni;
using Multus.Engine.Requests;

namespace Multus.Actors.Sandboxes;

/// <summary>The answers to requests that were not carried out; all mean "try again".</summary>
internal static class Refusals
{
    public static CniReply.Refused GcStopped { get; } =
        new(new CniError(CniErrorCode.TryAgainLater, "the daemon stopped its GC"));

    public static CniReply.Refused Of(CniRequest.OfSandbox request, string why) =>
        new(new CniError(CniErrorCode.TryAgainLater, $"sandbox {request.Request.Sandbox}: {why}"));

    public static CniReply.Refused Stopped(CniRequest.OfSandbox request) =>
        Of(request, "the daemon stopped working on it; what was done stays on record for its DEL");
}
