using System.Collections.Immutable;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Cni.Runtime;
using Multus.Core.Networks;
using Multus.Core.Planning;
using Multus.Core.Pods;
using Multus.Engine.Attach;
using Multus.Engine.Ports;
using Multus.Engine.Requests;
using Multus.Engine.State;
using Multus.Linux.Plugins;

namespace Multus.Engine.Status;

/// <summary>
/// STATUS: the cluster network's configuration and plugins are there, and the plugins that know the verb say that they
/// are able. Takes as long as they take; <see cref="StatusActor"/> answers in time.
/// </summary>
internal sealed class StatusOperation(SandboxEngine engine)
{
    public Task<CniReply> RunAsync(CniRequest.GetStatus status, CancellationToken stopping) =>
        RunAsync(null, cancel => AskClusterNetworkAsync(status, cancel), stopping);

    public Task<CniReply> RunAsync(CniRequest.GetNetworkStatus status, CancellationToken stopping) =>
        RunAsync(
            status.Id,
            cancel =>
                AskAsync(status.Network, new SandboxFiles(status.Configuration.CniDir), status.PluginPath, cancel),
            stopping
        );

    private async Task<CniReply> RunAsync(string? id, Func<CancellationToken, Task> ask, CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource(engine.Limits.StatusTimeout, engine.Time);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        try
        {
            await ask(cancel.Token).ConfigureAwait(false);
            return new CniReply.Done();
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            var late = new CniException(
                CniErrorCode.PluginNotAvailable,
                $"the network did not say within {engine.Limits.StatusTimeout.TotalSeconds:0.###} s whether "
                    + "it is able"
            );
            return new CniReply.Refused(RequestErrors.From(late, id));
        }
        catch (CniException e)
        {
            return new CniReply.Refused(RequestErrors.From(e, id));
        }
    }

    private async Task AskClusterNetworkAsync(CniRequest.GetStatus status, CancellationToken cancel)
    {
        await ReadinessIndicator
            .WaitAsync(status.Configuration.ReadinessIndicatorFile, "STATUS", engine.Time, engine.Log, cancel)
            .ConfigureAwait(false);
        try
        {
            var demand = NetworkLookup.OfNode(status.Configuration);
            var known = await NetworkSource
                .GatherAsync(demand, status.Configuration, PodIdentity.None, engine.Ports, cancel)
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
                PluginFinder.Find(type, pluginPath, engine.Ports.PluginRoot);
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
            await engine.RuntimeOn(files).StatusAsync(network, pluginPath, cancel).ConfigureAwait(false);
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
