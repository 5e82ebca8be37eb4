namespace Multus.Actors.Health;

/// <summary>What figures call an actor: its name where there is one of it, the kind where there are many.</summary>
internal static class ActorKind
{
    public static string Of(IActorRef actor)
    {
        var (name, parent) = (actor.Path.Name, actor.Path.Parent.Name);
        return parent switch
        {
            NodeActor.Sandboxes => name.StartsWith('=') ? name[1..] : "sandbox",
            NodeActor.Delegates => "plugin-runner",
            NodeActor.Netlink => "netlink-worker",
            _ => name,
        };
    }
}
