using Multus.Cni;
using Multus.Core.Planning;
using Multus.Engine.Detach;
using Multus.Engine.Requests;
using Multus.Engine.State;

namespace Multus.Engine.Check;

/// <summary>
/// One CHECK: the pod still has all interfaces, addresses and routes that its delegates made, and every delegate that
/// knows the verb says that all is well.
/// </summary>
internal sealed class CheckOperation(SandboxEngine engine)
{
    public Task<CniReply> RunAsync(CniRequest.Check check, CancellationToken stopping) =>
        AnswerAsync(
            $"CHECK of sandbox {check.Request.Sandbox}",
            check.Request,
            cancel => CheckAsync(check.Request, cancel),
            stopping
        );

    /// <summary>CHECK of one interface (wire-and-daemon.md §3.5).</summary>
    public Task<CniReply> RunAsync(CniRequest.CheckInterface check, CancellationToken stopping) =>
        AnswerAsync(
            $"CHECK of interface {check.Request.IfName} of sandbox {check.Request.Sandbox}",
            check.Request,
            cancel => CheckInterfaceAsync(check, cancel),
            stopping
        );

    private Task<CniReply> AnswerAsync(
        string what,
        SandboxRequest request,
        Func<CancellationToken, Task> check,
        CancellationToken stopping
    ) =>
        RequestBoundary.RunAsync(
            what,
            request.Id,
            engine.Limits.AddTimeout,
            engine.Time,
            async cancel =>
            {
                await check(cancel).ConfigureAwait(false);
                return new CniReply.Done();
            },
            CancellationToken.None,
            stopping
        );

    private async Task CheckAsync(SandboxRequest request, CancellationToken cancel)
    {
        var files = new SandboxFiles(request.Configuration.CniDir);
        var plan =
            files.ReadUndamaged(DetachOperation.ContextOf(request))
            ?? throw new CniException(
                CniErrorCode.UnknownContainer,
                $"sandbox {request.Sandbox} is not attached here: no record in {request.Configuration.CniDir}"
            );
        if (plan.IsLeftover)
        {
            throw new CniException(
                CniErrorCode.Internal,
                $"sandbox {request.Sandbox} is only partly attached: a DEL or a roll-back has failed; repeat the DEL"
            );
        }

        var netNs = request.NetNs ?? plan.NetNs;
        await NamespaceCheck
            .RunAsync(plan, plan.Attachments, netNs, engine.Ports.NetNs, files, cancel)
            .ConfigureAwait(false);
        // Older ones do not know CHECK (CNI spec 0.4.0).
        foreach (var attachment in plan.Attachments.Where(a => a.Configuration.Version >= CniVersion.V040))
        {
            var there = attachment with { Parameters = attachment.Parameters with { NetNs = netNs } };
            await AskPluginsAsync(there, request, files, cancel).ConfigureAwait(false);
        }
    }

    private async Task CheckInterfaceAsync(CniRequest.CheckInterface check, CancellationToken cancel)
    {
        var request = check.Request;
        var record = new PluggedRecord(engine, request);
        var recorded = record.Read();
        var attachment = PluggedRecord.Find(recorded, request);
        if (attachment is null)
        {
            attachment = record.Unrecorded(check.Network);
        }
        else
        {
            record.RequireSameNetwork(attachment, check.Network);
            var netNs = request.NetNs ?? recorded!.NetNs;
            await NamespaceCheck
                .RunAsync(recorded!, [attachment], netNs, engine.Ports.NetNs, record.Files, cancel)
                .ConfigureAwait(false);
        }

        await AskPluginsAsync(record.InNetNs(attachment), request, record.Files, cancel).ConfigureAwait(false);
    }

    private async Task AskPluginsAsync(
        PlannedAttachment attachment,
        SandboxRequest request,
        SandboxFiles files,
        CancellationToken cancel
    )
    {
        try
        {
            await engine
                .RuntimeOn(files, request)
                .CheckAsync(attachment.Configuration, attachment.Parameters, cancel)
                .ConfigureAwait(false);
        }
        catch (CniException e)
        {
            throw RequestErrors.About(attachment.DisplayName, attachment.Parameters.IfName, "CHECK", e);
        }
    }
}
