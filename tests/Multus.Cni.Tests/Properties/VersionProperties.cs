using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Multus.Cni.Results;
using Multus.TestSupport;

namespace Multus.Cni.Tests.Properties;

/// <summary>
/// Results that every version can say go from any version to any other and back, over files too, and are what they
/// were.
/// </summary>
public sealed class VersionProperties
{
    [Fact]
    public void Between_all_49_pairs_of_versions_nothing_is_lost_that_both_can_say() =>
        PropertyRule.Holds(
            Sayable(),
            result =>
                (
                    from origin in CniVersion.Supported
                    from target in CniVersion.Supported
                    let said = RotatingFile(result.ConvertTo(origin))
                    let back = RotatingFile(said.ConvertTo(target)).ConvertTo(origin)
                    select Json.Text(said.ToJson()) == Json.Text(back.ToJson())
                        && said.Version == origin
                        && back.Version == origin
                ).All(isSame => isSame),
            100
        );

    [Fact]
    public void From_new_to_middle_and_back_only_what_is_new_of_interfaces_is_lost() =>
        PropertyRule.Holds(
            Rich(),
            result =>
                (
                    from middle in new[] { CniVersion.V030, CniVersion.V031, CniVersion.V040 }
                    let back = RotatingFile(result.ConvertTo(middle)).ConvertTo(CniVersion.V110)
                    let bare = result with
                    {
                        Interfaces =
                        [
                            .. result.Interfaces.Select(link => new CniInterface(link.Name, link.Mac, link.Sandbox)),
                        ],
                    }
                    select Json.Text(bare.ToJson()) == Json.Text(back.ToJson())
                ).All(isSame => isSame),
            200
        );

    private static CniResult RotatingFile(CniResult result) => CniResult.Parse(result.ToJson(), CniVersion.V010);

    /// <summary>
    /// At most one address of each kind, IPv4 first, at least one; routes of those kinds with destination and gateway
    /// only, IPv4 first; no interfaces.
    /// </summary>
    private static Gen<CniResult> Sayable() =>
        from v4 in Gen.Elements("10.0.0.5/24", "192.168.7.9/32", "0.0.0.0/0")
        from v6 in Gen.Elements("fd00::5/64", "::1/128", "2001:db8::1/0")
        from kinds in Gen.Elements(1, 2, 3)
        from gateways in Gen.Elements(true, false)
        from routes4 in Routes("0.0.0.0/0", "10.0.0.0/8", "10.0.0.1")
        from routes6 in Routes("::/0", "fd00::/8", "fd00::1")
        from dns in Dns()
        let has4 = (kinds & 1) != 0
        let has6 = (kinds & 2) != 0
        select new CniResult(
            CniVersion.V110,
            [],
            [
                .. has4 ? [new CniIp(v4, gateways ? "10.0.0.1" : null)] : ImmutableArray<CniIp>.Empty,
                .. has6 ? [new CniIp(v6, gateways ? "fd00::1" : null)] : ImmutableArray<CniIp>.Empty,
            ],
            [.. has4 ? routes4 : [], .. has6 ? routes6 : []],
            dns
        );

    private static Gen<CniResult> Rich() =>
        from interfaces in (
            from name in Gen.Elements("eth0", "net1", "é\"")
            from mac in Gen.Elements("", "aa:bb:cc:dd:ee:ff")
            from sandbox in Gen.Elements("", "/run/netns/x")
            from mtu in Gen.Elements(0, 1500)
            from pci in Gen.Elements("", "0000:00:01.0")
            select new CniInterface(name, Filled(mac), Filled(sandbox), mtu, Filled(pci), Filled(pci))
        ).ArrayOf()
        from ips in (
            from address in Gen.Elements("10.0.0.5/24", "::ffff:10.0.0.1/120", "fd00::5/64")
            from gateway in Gen.Elements("", "10.0.0.1", "fd00::1")
            from index in Gen.Choose(-1, 2)
            select new CniIp(address, Filled(gateway), index < 0 ? null : index)
        ).ArrayOf()
        from routes in (
            from dst in Gen.Elements("0.0.0.0/0", "::/0", "10.0.0.0/8")
            from priority in Gen.Elements(0L, 4294967295L)
            from table in Gen.Choose(-1, 1)
            from scope in Gen.Choose(-1, 1)
            select new CniRoute(dst, null, 1400, 1360, priority, table < 0 ? null : table, scope < 0 ? null : scope)
        ).ArrayOf()
        from dns in Dns()
        select new CniResult(CniVersion.V110, [.. interfaces], [.. ips], [.. routes], dns);

    private static Gen<CniRoute[]> Routes(string all, string some, string gw) =>
        (
            from dst in Gen.Elements(all, some)
            from hasGw in Gen.Elements(true, false)
            select new CniRoute(dst, hasGw ? gw : null)
        ).ArrayOf();

    private static Gen<CniDns> Dns() =>
        from servers in Gen.Elements("10.0.0.10", "fd00::a").ArrayOf()
        from domain in Gen.Elements("", "cluster.local")
        from search in Gen.Elements("svc", "<&>").ArrayOf()
        select new CniDns([.. servers], Filled(domain), [.. search], []);

    private static string? Filled(string text) => text.Length == 0 ? null : text;
}
