using System.Collections.Immutable;
using Multus.Cni;
using Multus.Cni.Results;
using Multus.Cni.Runtime;
using Multus.Core.Planning;
using Multus.Engine.Ports;
using Multus.Engine.Requests;
using Multus.Engine.State;

namespace Multus.Engine.Attach;

/// <summary>Attaches all networks of a plan, wave by wave.</summary>
/// <param name="started">Notes what has begun, and how far it has come.</param>
internal sealed class WaveRun(
    SandboxEngine engine,
    SandboxFiles files,
    SandboxRequest request,
    AttachmentPlan plan,
    StartedAttachments started
)
{
    private readonly CniResult[] _results = new CniResult[plan.Attachments.Length];

    /// <returns>In the order of the plan.</returns>
    /// <exception cref="CniException">The first failure in the plan's order; nothing is under way any more.</exception>
    public async Task<CniResult[]> RunAsync(CancellationToken cancel)
    {
        var mode = request.Configuration.AttachMode;
        var order = new LinkOrder(engine.Ports.NetNs, plan, engine.Log);
        foreach (var wave in AttachWaves.Of(plan.Attachments, mode))
        {
            if (wave.Length > 1 && mode == AttachMode.Auto)
                await order.RunAsync(wave, index => AttachAsync(index, cancel), cancel).ConfigureAwait(false);
            else
                await LinkOrder.EndAsync(StartAll(wave, cancel)).ConfigureAwait(false);
        }

        if (_results.Length > 1 && mode != AttachMode.Parallel)
            await order.OrderRoutesAsync().ConfigureAwait(false);
        return _results;
    }

    /// <summary>Attaches one network.</summary>
    /// <exception cref="CniException">Says which network and interface it is about.</exception>
    public static async Task<CniResult> AttachAsync(
        SandboxEngine engine,
        SandboxFiles files,
        SandboxRequest request,
        PlannedAttachment attachment,
        ChainProgress progress,
        CancellationToken cancel
    )
    {
        try
        {
            DeviceInfoFiles.Prepare(attachment, engine.Log);
            var result = await engine
                .RuntimeOn(files, request)
                .AddAsync(attachment.Configuration, attachment.AddParameters, cancel, progress)
                .ConfigureAwait(false);
            SandboxLog.Attached(
                engine.Log,
                request.Sandbox.Value,
                attachment.DisplayName,
                attachment.Parameters.IfName,
                request.Id
            );
            engine.Report(new OperationPhase.Attached(request.Id, request.Sandbox, attachment, result));
            return result;
        }
        catch (CniException e)
        {
            throw RequestErrors.About(attachment.DisplayName, attachment.Parameters.IfName, "ADD", e);
        }
    }

    private Task[] StartAll(ImmutableArray<int> wave, CancellationToken cancel)
    {
        var attaching = new Task[wave.Length];
        for (var i = 0; i < wave.Length; i++)
            attaching[i] = AttachAsync(wave[i], cancel);
        return attaching;
    }

    private async Task AttachAsync(int index, CancellationToken cancel)
    {
        started.Add(index); // before anything of it can have begun
        var progress = new ChainProgress();
        try
        {
            _results[index] = await AttachAsync(engine, files, request, plan.Attachments[index], progress, cancel)
                .ConfigureAwait(false);
        }
        catch
        {
            started.Fail(index, progress.Begun);
            throw;
        }
    }
}
