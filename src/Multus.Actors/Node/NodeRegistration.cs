namespace Multus.Actors.Node;

/// <summary>Puts the node's actor tree into the host.</summary>
public static class NodeRegistration
{
    /// <summary>The key under which the node is found: <c>IRequiredActor&lt;NodeKey&gt;</c>.</summary>
    public sealed class NodeKey
    {
        private NodeKey() { }
    }

    /// <summary>Starts <c>/user/node</c> with the actor system, and lets what is under way end, within the drain timeout, before the system stops.</summary>
    public static AkkaConfigurationBuilder AddNode(this AkkaConfigurationBuilder builder, NodeServices services) => builder.WithActors((system, registry) =>
    {
        var node = system.ActorOf(NodeActor.PropsFor(services), "node");
        registry.Register<NodeKey>(node);
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseServiceRequestsDone, "drain-node", () => DrainAsync(node, services));
    });

    private static async Task<Done> DrainAsync(IActorRef node, NodeServices services)
    {
        try
        {
            await node.Ask<NodeProtocol.Idle>(new NodeProtocol.TellWhenIdle(), services.Settings.DrainTimeout).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            NodeLog.NotDrained(services.Logs.CreateLogger<NodeActor>(), services.Settings.DrainTimeout.TotalSeconds);
        }

        return Done.Instance;
    }
}
