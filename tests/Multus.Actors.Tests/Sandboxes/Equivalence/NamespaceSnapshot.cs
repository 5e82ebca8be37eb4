using System.Text.RegularExpressions;
using Multus.TestSupport;

namespace Multus.Actors.Tests.Sandboxes.Equivalence;

/// <summary>
/// All that a pod can see of its network namespace, as text, without what is random in any mode: hardware addresses and
/// what is made of them.
/// </summary>
internal static partial class NamespaceSnapshot
{
    private const int MostLines = 40;

    // What the links' own addresses lead to is listed by address, so its order is random; it is told by the addresses
    // of the links.
    private const string Script = """
        ip -details -oneline link; ip -oneline address; ip neigh show nud permanent
        for family in -4 -6; do ip $family rule; ip $family route show table all | grep -v 'local fe80::'; done
        nft list ruleset
        grep -rsv '^$' /proc/sys/net/ipv4 /proc/sys/net/ipv6 | sort
        """;

    public static string Of(TestNamespace ns)
    {
        var text = ns.Exec("sh", "-c", Script);
        text = HardwareAddress().Replace(text, "MAC");
        text = LinkLocalAddress().Replace(text, "fe80::X/64");
        text = Peer().Replace(text, "@peer");
        text = Transient().Replace(text, "");
        return CurrentFigures().Replace(text, "");
    }

    /// <summary>Lines in which the two differ, not too many; empty when they are equal.</summary>
    public static string Difference(string one, string other)
    {
        if (one == other)
            return "";

        var (ones, others) = (one.Split('\n'), other.Split('\n'));
        var differing = ones.Except(others)
            .Select(line => $"- {line}")
            .Concat(others.Except(ones).Select(line => $"+ {line}"))
            .ToList();
        return differing.Count > 0
            ? string.Join('\n', differing.Take(MostLines))
            : $"the same lines in another order:\n{string.Join('\n', ones.Zip(others).Where(pair => pair.First != pair.Second).Take(MostLines).Select(pair => $"{pair.First} | {pair.Second}"))}";
    }

    [GeneratedRegex("([0-9a-f]{2}:){5}[0-9a-f]{2}")]
    private static partial Regex HardwareAddress();

    [GeneratedRegex("fe80::[0-9a-f:]+/64")]
    private static partial Regex LinkLocalAddress();

    // The number that the other end has on the node, which other pods count up as well.
    [GeneratedRegex("@(if)?[a-z0-9]+")]
    private static partial Regex Peer();

    [GeneratedRegex(" state [A-Z]+| tentative| linkdown| promiscuity \\d+| allmulti \\d+")]
    private static partial Regex Transient();

    // What the kernel counts, and what it says of the whole node.
    [GeneratedRegex(
        "^/proc/sys/net/ipv[46]/(route/|neigh/[^/]+/gc_|inet_peer|tcp_|udp_|ipfrag|ip6frag|[^:]*(boot_id|stable_secret)).*\n",
        RegexOptions.Multiline
    )]
    private static partial Regex CurrentFigures();
}
