using Multus.Cni;
using Multus.Cni.Runtime;

namespace Multus.Actors.Garbage;

/// <summary>
/// Runs plugins, but none for an ADD while its network is being collected: see <see cref="GcBarrier"/>.
/// </summary>
internal sealed class GatedPlugins(IPluginInvoker plugins, GcBarrier gate) : IPluginInvoker
{
    public async Task<PluginOutput> InvokeAsync(PluginCall call, CancellationToken cancel)
    {
        if (call.Command == CniCommand.Add)
            await gate.WaitAsync(call.Network, cancel).ConfigureAwait(false);
        return await plugins.InvokeAsync(call, cancel).ConfigureAwait(false);
    }
}
