namespace Multus.Actors.Node;

/// <summary>What the node and its parts say to each other about starting and stopping.</summary>
public static class NodeProtocol
{
    /// <summary>
    /// Asks a part to answer with <see cref="PartReady"/> as soon as it can do its work. May be repeated.
    /// </summary>
    public sealed record TellWhenReady;

    public sealed record PartReady(string Part);

    /// <summary>Asks to be told with <see cref="Idle"/> once nothing is under way any more.</summary>
    public sealed record TellWhenIdle;

    public sealed record Idle;

    /// <summary>
    /// Asks the node to end one of its parts, and to answer with <see cref="PartEnded"/> when it is gone. May be
    /// repeated.
    /// </summary>
    /// <param name="Part">Its name.</param>
    /// <param name="Patience">How long it may take to finish what it has begun. Zero: it stops in the middle of
    /// it.</param>
    public sealed record EndPart(string Part, TimeSpan Patience);

    public sealed record PartEnded(string Part);

    /// <summary>Tells a part to stop by itself once what it has begun is finished.</summary>
    public sealed record Finish;
}
