using Multus.Actors.Configuration;

namespace Multus.Actors.Netlink;

/// <summary>From <c>multus.netlink</c>.</summary>
/// <param name="Threads">How many pinned threads enter network namespaces.</param>
public sealed record NetlinkSettings(int Threads)
{
    /// <summary>setns changes the thread, so each worker has one of its own.</summary>
    public const string Dispatcher = "multus.netlink.dispatcher";

    public static NetlinkSettings Read(HoconReader hocon) => new(hocon.Number("multus.netlink.threads", 1, 64));
}
