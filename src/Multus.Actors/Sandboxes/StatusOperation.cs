using Multus.Cni;
using Multus.Core.Planning;
using Multus.Linux.Plugins;
using static Multus.Actors.Sandboxes.SandboxProtocol;

namespace Multus.Actors.Sandboxes;

/// <summary>
/// STATUS: the cluster network says that it is ready, its configuration and plugins are there, and the plugins that know the verb say that they are able.
/// </summary>
internal sealed class StatusOperation(SandboxServices services)
{
    public async Task<Reply> RunAsync(GetStatus status, CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource(services.Settings.AddTimeout, services.Time);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        try
        {
            await ReadinessIndicator.WaitAsync(status.Configuration.ReadinessIndicatorFile, "STATUS", services, cancel.Token).ConfigureAwait(false);
            await AskAsync(status, cancel.Token).ConfigureAwait(false);
            return new Reply.Done();
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return new Reply.Refused(new CniError(
                CniErrorCode.PluginNotAvailable, $"STATUS did not finish within {services.Settings.AddTimeout.TotalSeconds:0.###} s", $"request {status.Id}"));
        }
        catch (CniException e)
        {
            return new Reply.Refused(SandboxErrors.From(e, status.Id));
        }
    }

    private async Task AskAsync(GetStatus status, CancellationToken cancel)
    {
        try
        {
            var demand = NetworkDemand.OfNode(status.Configuration);
            var known = await NetworkSource.GatherAsync(demand, status.Configuration.ConfDir, services, cancel).ConfigureAwait(false);
            var network = AttachmentPlanner.ClusterNetwork(status.Configuration, demand, known).Configuration;
            foreach (var plugin in network.Plugins)
                PluginFinder.Find(plugin.Type, status.PluginPath);
            var files = new SandboxFiles(status.Configuration.CniDir);
            try
            {
                await services.RuntimeOn(files).StatusAsync(network, status.PluginPath, cancel).ConfigureAwait(false);
            }
            catch (CniException e)
            {
                throw new CniException(e.Error.Prefixed($"STATUS of network {ErrorLine.Cut(network.Name, ErrorLine.MaxName)}: "), e);
            }
        }
        catch (CniException e) when (e.Error.Code is not CniErrorCode.LimitedConnectivity)
        {
            // STATUS knows two codes; whatever else is wrong with the network means "not available" to its caller (CNI spec 1.1.0, STATUS).
            throw new CniException(e.Error with { Code = CniErrorCode.PluginNotAvailable }, e);
        }
    }
}
