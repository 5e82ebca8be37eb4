using System.Collections.Immutable;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Cni.Runtime;
using Multus.Core.Networks;
using Multus.Core.Planning;
using Multus.Core.Pods;
using Multus.Linux.Plugins;
using static Multus.Actors.Sandboxes.SandboxProtocol;

namespace Multus.Actors.Sandboxes;

/// <summary>
/// STATUS: the cluster network's configuration and plugins are there, and the plugins that know the verb say that they
/// are able. Takes as long as they take; <see cref="StatusActor"/> answers in time.
/// </summary>
internal sealed class StatusOperation(SandboxServices services)
{
    public Task<Reply> RunAsync(GetStatus status, CancellationToken stopping) =>
        RunAsync(null, cancel => AskClusterNetworkAsync(status, cancel), stopping);

    public Task<Reply> RunAsync(GetNetworkStatus status, CancellationToken stopping) =>
        RunAsync(
            status.Id,
            cancel =>
                AskAsync(status.Network, new SandboxFiles(status.Configuration.CniDir), status.PluginPath, cancel),
            stopping
        );

    private async Task<Reply> RunAsync(string? id, Func<CancellationToken, Task> ask, CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource(services.Settings.StatusTimeout, services.Time);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        try
        {
            await ask(cancel.Token).ConfigureAwait(false);
            return new Reply.Done();
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            var late = new CniException(
                CniErrorCode.PluginNotAvailable,
                $"the network did not say within {services.Settings.StatusTimeout.TotalSeconds:0.###} s whether "
                    + "it is able"
            );
            return new Reply.Refused(SandboxErrors.From(late, id));
        }
        catch (CniException e)
        {
            return new Reply.Refused(SandboxErrors.From(e, id));
        }
    }

    private async Task AskClusterNetworkAsync(GetStatus status, CancellationToken cancel)
    {
        await ReadinessIndicator
            .WaitAsync(status.Configuration.ReadinessIndicatorFile, "STATUS", services, cancel)
            .ConfigureAwait(false);
        try
        {
            var demand = NetworkLookup.OfNode(status.Configuration);
            var known = await NetworkSource
                .GatherAsync(demand, status.Configuration, PodIdentity.None, services, cancel)
                .ConfigureAwait(false);
            var network = AttachmentPlanner.ClusterNetwork(status.Configuration, demand, known).Configuration;
            if (ConfigurationFiles.RunsMultus(network))
                throw new CniException(
                    CniErrorCode.InvalidNetworkConfig,
                    $"cluster network {network.Name} runs Multus itself: clusterNetwork must name the network "
                        + "that Multus delegates to"
                );
            await AskAsync(network, new SandboxFiles(status.Configuration.CniDir), status.PluginPath, cancel)
                .ConfigureAwait(false);
        }
        catch (CniException e)
        {
            throw NotAvailable(e);
        }
    }

    private async Task AskAsync(
        NetworkConfiguration network,
        SandboxFiles files,
        ImmutableArray<string> pluginPath,
        CancellationToken cancel
    )
    {
        try
        {
            foreach (var type in RequiredPlugins.Of(network))
                PluginFinder.Find(type, pluginPath);
            await StatusAsync(network, files, pluginPath, cancel).ConfigureAwait(false);
        }
        catch (CniException e)
        {
            throw NotAvailable(e);
        }
    }

    private async Task StatusAsync(
        NetworkConfiguration network,
        SandboxFiles files,
        ImmutableArray<string> pluginPath,
        CancellationToken cancel
    )
    {
        try
        {
            await services.RuntimeOn(files).StatusAsync(network, pluginPath, cancel).ConfigureAwait(false);
        }
        catch (CniException e)
        {
            throw new CniException(
                e.Error.Prefixed($"STATUS of network {ErrorLine.Cut(network.Name, ErrorLine.MaxName)}: "),
                e
            );
        }
    }

    // STATUS knows two codes; whatever else is wrong with the network means "not available" to its caller (CNI spec
    // 1.1.0, STATUS).
    private static CniException NotAvailable(CniException e) =>
        e.Error.Code is CniErrorCode.LimitedConnectivity or CniErrorCode.PluginNotAvailable
            ? e
            : new CniException(e.Error with { Code = CniErrorCode.PluginNotAvailable }, e);
}
