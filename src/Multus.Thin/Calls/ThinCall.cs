using Multus.Cni;
using Multus.Cni.FrontEnd;
using Multus.Cni.Results;
using Multus.Core.Configuration;
using Multus.Engine;
using Multus.Engine.Requests;
using Multus.Engine.State;
using Multus.Thin.Logging;
using Multus.Wire;

namespace Multus.Thin.Calls;

/// <summary>One call of the runtime, from its configuration to what is printed.</summary>
internal static class ThinCall
{
    /// <returns>The exit status.</returns>
    /// <exception cref="CniException">The call has failed; the runtime gets the error.</exception>
    public static async Task<int> RunAsync(RuntimeCall call)
    {
        var (settings, time) = (ThinSettings.Read(call), TimeProvider.System);
        using var log = new ThinLog(settings.Log, time);
        using var stop = new StopSignals(log);
        var mapping = new RequestMapping(ConfigurationOverlay.None, "", log);
        var request = Map(mapping, call, stop.Token);
        await using var node = new ThinNode(
            settings,
            new PendingDeleteFolder(settings.CniDir, Stored(call, log), time),
            time,
            log
        );

        var began = time.GetTimestamp();
        Said(log, request, (verb, sandbox) => SandboxLog.Started(log, verb, sandbox, request.Id));
        var reply = await AnswerAsync(node, request, stop.Token).ConfigureAwait(false);
        var took = time.GetElapsedTime(began).TotalMilliseconds;
        if (reply is not CniReply.Refused refused)
        {
            Said(log, request, (verb, sandbox) => SandboxLog.Ended(log, verb, sandbox, request.Id, took));
            if (reply is CniReply.Attached attached)
                StandardStreams.Print(Printed(attached.Result, call.ConfigVersion));
            return 0;
        }

        Said(
            log,
            request,
            (verb, sandbox) => SandboxLog.Failed(log, verb, sandbox, request.Id, took, refused.Error.Text)
        );
        return StandardStreams.Fail(refused.Error, CommandLine.Name);
    }

    /// <summary>
    /// The daemon's DELs are stored without what its own file says, so the node's configuration is laid over them; here
    /// that is what the runtime has just given.
    /// </summary>
    private static RequestMapping Stored(RuntimeCall call, ILogger log) =>
        new(ConfigurationOverlay.Parse(call.Stdin), "", log);

    private static CniRequest Map(RequestMapping mapping, RuntimeCall call, CancellationToken abandoned)
    {
        try
        {
            return mapping.Map(new CniRequestBody(CallEnvironment.All(), call.Stdin), abandoned);
        }
        catch (WrongRequestException wrong)
        {
            throw new CniException(wrong.Error, wrong);
        }
    }

    private static async Task<CniReply> AnswerAsync(ThinNode node, CniRequest request, CancellationToken stop)
    {
        try
        {
            return await node.AnswerAsync(request, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return new CniReply.Refused(
                new CniError(
                    CniErrorCode.TryAgainLater,
                    $"{request.Verb.ToWire()} was given up: {CommandLine.Name} was told to stop",
                    $"request {request.Id}"
                )
            );
        }
    }

    private static void Said(ThinLog log, CniRequest request, Action<string, string> say)
    {
        if (log.IsEnabled(LogLevel.Warning) && request is CniRequest.OfSandbox ofSandbox)
            say(request.Verb.ToWire(), ofSandbox.Request.Sandbox.Value);
    }

    // By way of the newest version, as a daemon's answer comes.
    private static byte[] Printed(CniResult result, CniVersion version)
    {
        try
        {
            return result.ConvertTo(CniVersion.V110).ConvertTo(version).ToJson(indented: true);
        }
        catch (CniException inconvertible)
        {
            throw new CniException(inconvertible.Error with { Code = CniErrorCode.Internal }, inconvertible);
        }
    }
}
