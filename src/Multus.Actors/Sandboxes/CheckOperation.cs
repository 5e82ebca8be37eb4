using Multus.Cni;
using Multus.Core.Records;
using static Multus.Actors.Sandboxes.SandboxProtocol;

namespace Multus.Actors.Sandboxes;

/// <summary>
/// One CHECK: the pod still has all interfaces, addresses and routes that its delegates made, and every delegate that
/// knows the verb says that all is well.
/// </summary>
internal sealed class CheckOperation(SandboxServices services)
{
    public async Task<Reply> RunAsync(SandboxRequest request, CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource(services.Settings.AddTimeout, services.Time);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        try
        {
            await CheckAsync(request, cancel.Token).ConfigureAwait(false);
            return new Reply.Done();
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return new Reply.Refused(
                new CniError(
                    CniErrorCode.TryAgainLater,
                    $"CHECK of sandbox {request.Sandbox} did not finish within "
                        + $"{services.Settings.AddTimeout.TotalSeconds:0.###} s",
                    $"request {request.Id}"
                )
            );
        }
        catch (RecordFormatException e)
        {
            return new Reply.Refused(
                new CniError(
                    CniErrorCode.Decode,
                    $"record of sandbox {request.Sandbox} is damaged: {e.Message}",
                    $"request {request.Id}"
                )
            );
        }
        catch (Exception e) when (e is CniException or IOException or UnauthorizedAccessException)
        {
            return new Reply.Refused(SandboxErrors.From(e, request.Id));
        }
    }

    private async Task CheckAsync(SandboxRequest request, CancellationToken cancel)
    {
        var files = new SandboxFiles(request.Configuration.CniDir);
        var plan =
            files.Read(DetachOperation.ContextOf(request))
            ?? throw new CniException(
                CniErrorCode.UnknownContainer,
                $"sandbox {request.Sandbox} is not attached here: no record in {request.Configuration.CniDir}"
            );
        if (plan.IsLeftover)
            throw new CniException(
                CniErrorCode.Internal,
                $"sandbox {request.Sandbox} is only partly attached: a DEL or a roll-back has failed; repeat the DEL"
            );
        var netNs = request.NetNs ?? plan.NetNs;
        await NamespaceCheck.RunAsync(plan, plan.Attachments, netNs, services, files, cancel).ConfigureAwait(false);
        var runtime = services.RuntimeOn(files);
        // Older ones do not know CHECK (spec 0.4.0).
        foreach (var attachment in plan.Attachments.Where(a => a.Configuration.Version >= CniVersion.V040))
        {
            try
            {
                await runtime
                    .CheckAsync(attachment.Configuration, attachment.Parameters with { NetNs = netNs }, cancel)
                    .ConfigureAwait(false);
            }
            catch (CniException e)
            {
                throw SandboxErrors.About(attachment.DisplayName, attachment.Parameters.IfName, "CHECK", e);
            }
        }
    }
}
