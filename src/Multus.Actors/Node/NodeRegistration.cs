namespace Multus.Actors.Node;

/// <summary>Puts the node's actor tree into the host.</summary>
public static class NodeRegistration
{
    /// <summary>The key under which the node is found: <c>IRequiredActor&lt;NodeKey&gt;</c>.</summary>
    public sealed class NodeKey
    {
        private NodeKey() { }
    }

    /// <summary>
    /// Starts <c>/user/node</c> with the actor system, and stops it in the order of docs/decisions/0027-the-stop.md.
    /// </summary>
    public static AkkaConfigurationBuilder AddNode(this AkkaConfigurationBuilder builder, NodeServices services) =>
        builder.WithActors(
            (system, registry) =>
            {
                var node = system.ActorOf(NodeActor.PropsFor(services), "node");
                registry.Register<NodeKey>(node);
                AddStop(CoordinatedShutdown.Get(system), node, services, StopTimes.LastWrites);
            }
        );

    internal static void AddStop(
        CoordinatedShutdown shutdown,
        IActorRef node,
        NodeServices services,
        TimeSpan lastWrites
    )
    {
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceRequestsDone, "drain-node", () => DrainAsync(node, services));
        shutdown.AddTask(
            CoordinatedShutdown.PhaseServiceStop,
            "end-sandboxes",
            () => EndTogetherAsync(node, NodeActor.Sandboxes, NodeActor.Delegates)
        );
        shutdown.AddTask(
            CoordinatedShutdown.PhaseBeforeActorSystemTerminate,
            "end-cluster",
            () => EndClusterAsync(node, lastWrites)
        );
    }

    private static async Task<Done> DrainAsync(IActorRef node, NodeServices services)
    {
        try
        {
            await node.Ask<NodeProtocol.Idle>(new NodeProtocol.TellWhenIdle(), services.Settings.DrainTimeout)
                .ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            NodeLog.NotDrained(services.Logs.CreateLogger<NodeActor>(), services.Settings.DrainTimeout.TotalSeconds);
        }

        return Done.Instance;
    }

    // At once: a plugin that nobody waits for any more would be asked to undo what stays on record.
    private static async Task<Done> EndTogetherAsync(IActorRef node, params IEnumerable<string> parts)
    {
        await Task.WhenAll(parts.Select(part => EndAsync(node, part, TimeSpan.Zero))).ConfigureAwait(false);
        return Done.Instance;
    }

    private static async Task<Done> EndClusterAsync(IActorRef node, TimeSpan lastWrites)
    {
        await EndAsync(node, NodeActor.Annotations, lastWrites).ConfigureAwait(false);
        await EndAsync(node, NodeActor.Events, TimeSpan.Zero).ConfigureAwait(false);
        await EndAsync(node, NodeActor.Cluster, TimeSpan.Zero).ConfigureAwait(false);
        return Done.Instance;
    }

    // No time limit here: Akka has one for each step of its shutdown.
    private static Task<NodeProtocol.PartEnded> EndAsync(IActorRef node, string part, TimeSpan patience) =>
        node.Ask<NodeProtocol.PartEnded>(new NodeProtocol.EndPart(part, patience), Timeout.InfiniteTimeSpan);
}
