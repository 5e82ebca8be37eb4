namespace Multus.Actors.Tests.Sandboxes.Equivalence;

/// <summary>
/// The networks of one pod, by chance, and the ports of the node that it asks for. Two pods made alike have the same.
/// </summary>
internal sealed class RandomPod
{
    /// <summary>How many networks a pod has at most, the cluster network not among them.</summary>
    public const int MostNetworks = 6;

    private readonly Random _random;
    private readonly Lane _lane;
    private readonly Queue<string> _devices;
    private readonly List<string> _networks = [];

    public RandomPod(Random random, Lane lane)
    {
        _random = random;
        _lane = lane;
        _devices = new Queue<string>(lane.Devices);
        var count = random.Next(2, MostNetworks + 1);
        for (var i = 1; i <= count; i++)
            _networks.Add(Network(i));
        HasHostPort = Chance(8);
    }

    public IReadOnlyList<string> Networks => _networks;

    public bool HasHostPort { get; }

    private string Network(int i)
    {
        var plugins =
            Main(i)
            + (Chance(10) ? $",{Portmap}" : "")
            + (Chance(15) ? $",{Bandwidth}" : "")
            + (Chance(12) ? $",{Tuning(i)}" : "")
            + (Chance(8) ? ",{\"type\":\"sbr\"}" : "");
        return $$"""{"cniVersion":"1.0.0","name":"random-{{i}}","plugins":[{{plugins}}]}""";
    }

    private static string Portmap => """{"type":"portmap","capabilities":{"portMappings":true}}""";

    private static string Bandwidth =>
        """{"type":"bandwidth","ingressRate":1000000,"ingressBurst":1000000,"egressRate":1000000,"egressBurst":1000000}""";

    // A sysctl of a link that is there, most often; of its own as well as of another network's.
    private string Tuning(int i) =>
        $$$"""{"type":"tuning","sysctl":{"net.ipv4.conf.net{{{_random.Next(1, i + 1)}}}.rp_filter":"{{{_random.Next(3)}}}","net.ipv4.conf.all.arp_ignore":"{{{_random.Next(3)}}}"}}""";

    private string Main(int i) =>
        _random.Next(20) switch
        {
            < 10 =>
                $$"""{"type":"bridge","bridge":"{{_lane.Bridge(Chance(8) ? 1 : i)}}"{{(Chance(8) ? ",\"isDefaultGateway\":true" : "")}}{{Ipam(i, isNeeded: false)}}}""",
            < 15 =>
                $$"""{"type":"macvlan","master":"{{_lane.Master(Chance(15) ? 1 : i)}}"{{Ipam(i, isNeeded: false)}}}""",
            < 17 when _devices.TryDequeue(out var device) =>
                $$"""{"type":"host-device","device":"{{device}}"{{Ipam(i, isNeeded: false)}}}""",
            _ => $$"""{"type":"ptp"{{Ipam(i, isNeeded: true)}}}""",
        };

    private string Ipam(int i, bool isNeeded)
    {
        if (!isNeeded && Chance(15))
            return "";

        var isV6 = Chance(35);
        var isV4 = !isV6 || Chance(60);
        var routes = string.Join(',', Routes(i, isV4, isV6).Select(destination => $$"""{"dst":"{{destination}}"}"""));
        return Chance(50)
            ? $$""","ipam":{"type":"static","addresses":[{{string.Join(',', Addresses(i, isV4, isV6))}}],"routes":[{{routes}}]}"""
            : $$""","ipam":{"type":"host-local","dataDir":"{{_lane.IpamFolder}}","ranges":[{{string.Join(',', Ranges(i, isV4, isV6))}}],"routes":[{{routes}}]}""";
    }

    private IEnumerable<string> Addresses(int i, bool isV4, bool isV6)
    {
        if (isV4)
            yield return $$"""{"address":"{{_lane.V4(i)}}7/24","gateway":"{{_lane.V4(i)}}1"}""";
        if (isV6)
            yield return $$"""{"address":"{{_lane.V6(i)}}7/64","gateway":"{{_lane.V6(i)}}1"}""";
    }

    private IEnumerable<string> Ranges(int i, bool isV4, bool isV6)
    {
        if (isV4)
            yield return $$"""[{"subnet":"{{_lane.V4(i)}}0/24","gateway":"{{_lane.V4(i)}}1"}]""";
        if (isV6)
            yield return $$"""[{"subnet":"{{_lane.V6(i)}}/64","gateway":"{{_lane.V6(i)}}1"}]""";
    }

    private IEnumerable<string> Routes(int i, bool isV4, bool isV6)
    {
        if (isV4 && Chance(50))
            yield return $"172.{20 + i}.0.0/16";
        if (isV4 && Chance(10))
            yield return "172.20.0.0/16";
        if (isV4 && Chance(10))
            yield return "0.0.0.0/0";
        if (isV6 && Chance(50))
            yield return $"fdee:{i}::/48";
        if (isV6 && Chance(10))
            yield return "fdee::/48";
        if (isV6 && Chance(10))
            yield return "::/0";
    }

    private bool Chance(int percent) => _random.Next(100) < percent;
}
