namespace Multus.Actors.Node;

/// <summary>What the node and its parts say to each other about starting and stopping.</summary>
public static class NodeProtocol
{
    /// <summary>Asks a part to answer with <see cref="PartReady"/> as soon as it can do its work. May be repeated.</summary>
    public sealed record TellWhenReady;

    public sealed record PartReady(string Part);

    /// <summary>Asks to be told with <see cref="Idle"/> once nothing is under way any more.</summary>
    public sealed record TellWhenIdle;

    public sealed record Idle;
}
