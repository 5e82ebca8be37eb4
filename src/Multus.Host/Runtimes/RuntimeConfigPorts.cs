using System.Collections.Immutable;
using Multus.Actors.Events;
using Multus.Actors.Node;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Core.Configuration;
using Multus.Engine.Installation;
using Multus.Engine.Requests;
using Multus.Kubernetes;
using Multus.Kubernetes.Runtimes;

namespace Multus.Host.Runtimes;

/// <summary>
/// Whom the keeper of the runtime's configuration asks in a daemon: the actors, which run plugins in their slots, and
/// the container runtime.
/// </summary>
internal sealed class RuntimeConfigPorts(
    Func<IRequiredActor<NodeRegistration.NodeKey>> node,
    ConfigurationOverlay overlay,
    CriVersion runtime,
    ILogger log
) : IRuntimeConfigPorts
{
    private CniVersion? _version;

    public async Task<CniError?> AskStatusAsync(NetworkConfiguration network, CancellationToken cancel)
    {
        var configuration = overlay.Settings;
        var actor = await node().GetAsync(cancel);
        var reply = await actor.Ask<CniReply>(
            new CniRequest.GetNetworkStatus(
                RequestId.Next(),
                configuration,
                network,
                ImmutableArray.Create(configuration.BinDir)
            ),
            Timeout.InfiniteTimeSpan,
            cancel
        );
        return (reply as CniReply.Refused)?.Error;
    }

    // A runtime that is replaced restarts its containers' sandboxes, and with them no daemon: it is asked each time.
    public async Task<CniVersion?> RuntimeVersionAsync(CancellationToken cancel)
    {
        try
        {
            _version = await runtime.AskAsync(cancel);
        }
        catch (KubernetesException silent)
        {
            HostLog.RuntimeVersionUnknown(log, silent.Message);
        }

        return _version;
    }

    public void Tell(string reason, string words) => node().ActorRef.Tell(new EventsProtocol.OfNode(reason, words));
}
