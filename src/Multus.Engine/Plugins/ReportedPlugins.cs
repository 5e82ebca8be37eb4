using Multus.Cni.Runtime;
using Multus.Engine.Ports;
using Multus.Engine.Requests;

namespace Multus.Engine.Plugins;

/// <summary>Runs plugins, and tells of each that it was started and how it has ended.</summary>
internal sealed class ReportedPlugins(IPluginInvoker plugins, IPhases phases, SandboxRequest request) : IPluginInvoker
{
    private const string IfNameVariable = "CNI_IFNAME";

    public async Task<PluginOutput> InvokeAsync(PluginCall call, CancellationToken cancel)
    {
        var ifName = call.Environment.FirstOrDefault(variable => variable.Key == IfNameVariable).Value ?? "";
        var plugin = new PluginRun(call.PluginType, call.Command, call.Network, ifName);
        phases.Report(new OperationPhase.PluginStarted(request.Id, request.Sandbox, plugin));
        Cni.CniError? error = null;
        var stderr = "";
        try
        {
            var output = await plugins.InvokeAsync(call, cancel).ConfigureAwait(false);
            error = (output as PluginOutput.Failed)?.Error;
            stderr = output.Stderr;
            return output;
        }
        catch (Exception e)
        {
            error = RequestErrors.From(e, request.Id);
            throw;
        }
        finally
        {
            phases.Report(new OperationPhase.PluginEnded(request.Id, request.Sandbox, plugin, error, stderr));
        }
    }
}
