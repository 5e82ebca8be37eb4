namespace Multus.ActorKernel;

/// <summary>Which actor system a path belongs to: <c>akka://name</c>. This runtime knows only its own process.</summary>
public sealed record Address(string Protocol, string System)
{
    public override string ToString() => $"{Protocol}://{System}";
}
