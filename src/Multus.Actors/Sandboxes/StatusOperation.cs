using Multus.Cni;
using Multus.Linux.Plugins;
using static Multus.Actors.Sandboxes.SandboxProtocol;

namespace Multus.Actors.Sandboxes;

/// <summary>STATUS: the cluster network's configuration and plugins are there, and the plugins that know the verb say that they are able.</summary>
internal sealed class StatusOperation(SandboxServices services)
{
    public async Task<Reply> RunAsync(GetStatus status, CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource(services.Settings.AddTimeout, services.Time);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        try
        {
            var network = await ClusterNetworkSource.LoadAsync(status.Configuration, services, cancel.Token).ConfigureAwait(false);
            foreach (var plugin in network.Plugins)
                PluginFinder.Find(plugin.Type, status.PluginPath);
            var files = new SandboxFiles(status.Configuration.CniDir);
            await services.RuntimeOn(files).StatusAsync(network, status.PluginPath, cancel.Token).ConfigureAwait(false);
            return new Reply.Done();
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return new Reply.Refused(new CniError(
                CniErrorCode.PluginNotAvailable, $"STATUS did not finish within {services.Settings.AddTimeout.TotalSeconds:0.###} s", $"request {status.Id}"));
        }
        catch (CniException e) when (e.Error.Code is not CniErrorCode.LimitedConnectivity)
        {
            // STATUS knows two codes; whatever else is wrong means "not available" to its caller (CNI spec 1.1.0, STATUS).
            return new Reply.Refused(SandboxErrors.From(new CniException(e.Error with { Code = CniErrorCode.PluginNotAvailable }, e), status.Id));
        }
        catch (CniException e)
        {
            return new Reply.Refused(SandboxErrors.From(e, status.Id));
        }
    }
}
