using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Multus.Cni.Results;
using Multus.TestSupport;

namespace Multus.Cni.Tests.Results;

/// <summary>Rules that hold for every result, on generated ones.</summary>
public sealed class ResultPropertyTests
{
    [Fact]
    public void What_is_written_is_read_back() => Holds(Anything(), result => Same(result, RotatingFile(result)));

    [Fact]
    public void Nothing_is_lost_among_versions_of_one_schema() =>
        Holds(
            Anything(),
            result =>
                All(PeersOf(result.Version), peer => Same(result, result.ConvertTo(peer).ConvertTo(result.Version)))
        );

    [Fact]
    public void Nothing_is_lost_from_middle_to_new_and_back() =>
        Holds(
            Anything().Where(result => result.Version >= CniVersion.V030 && result.Version < CniVersion.V100),
            result => Same(result, RotatingFile(result.ConvertTo(CniVersion.V110)).ConvertTo(result.Version))
        );

    [Fact]
    public void Nothing_is_lost_from_old_to_any_other_and_back() =>
        Holds(
            Anything().Where(result => result.Version < CniVersion.V030 && !result.Ips.IsEmpty).Select(WithBareRoutes),
            result =>
                All(
                    CniVersion.Supported,
                    other => Same(result, RotatingFile(result.ConvertTo(other)).ConvertTo(result.Version))
                )
        );

    [Fact]
    public void Converting_twice_changes_nothing_more() =>
        Holds(
            Anything().Where(result => !result.Ips.IsEmpty),
            result =>
                All(
                    CniVersion.Supported,
                    target => Same(result.ConvertTo(target), result.ConvertTo(target).ConvertTo(target))
                )
        );

    [Fact]
    public void No_bytes_make_the_reader_fail_in_any_other_way_than_it_says() =>
        Holds(
            Damaged(),
            bytes =>
            {
                try
                {
                    var result = CniResult.Parse(bytes, CniVersion.V110);
                    return Same(result, RotatingFile(result));
                }
                catch (CniException e)
                {
                    return e.Error.Code == CniErrorCode.Decode && !e.Message.Contains('\n', StringComparison.Ordinal);
                }
            }
        );

    private static void Holds<T>(Gen<T> values, Func<T, bool> rule) => PropertyRule.Holds(values, rule);

    private static bool All(IEnumerable<CniVersion> versions, Func<CniVersion, bool> rule) => versions.All(rule);

    private static bool Same(CniResult a, CniResult b) =>
        a.Version == b.Version && Json.Text(a.ToJson()) == Json.Text(b.ToJson());

    private static CniResult RotatingFile(CniResult result) => CniResult.Parse(result.ToJson(), CniVersion.V010);

    private static IEnumerable<CniVersion> PeersOf(CniVersion version) =>
        CniVersion.Supported.Where(other =>
            other < CniVersion.V030 == version < CniVersion.V030
            && other >= CniVersion.V100 == version >= CniVersion.V100
        );

    private static CniResult WithBareRoutes(CniResult result) =>
        result with
        {
            Routes = [.. result.Routes.Select(route => new CniRoute(route.Dst, route.Gw))],
        };

    private static Gen<CniResult> Anything() =>
        from version in Gen.Elements(CniVersion.Supported.ToArray())
        from interfaces in Interface().ListOf()
        from ips in Ip().ListOf()
        from routes in Route().ListOf()
        from dns in Dns()
        select Shaped(new CniResult(version, [.. interfaces], [.. ips], [.. routes], dns));

    /// <summary>Only what the version can say: the rest has tables of its own.</summary>
    private static CniResult Shaped(CniResult result)
    {
        var all = result with { Version = CniVersion.V110 };
        if (result.Version >= CniVersion.V030)
            return all.ConvertTo(result.Version);

        return all.Ips.IsEmpty
            ? CniResult.Empty(result.Version) with
            {
                Dns = result.Dns,
            }
            : all.ConvertTo(result.Version);
    }

    private static Gen<CniInterface> Interface() =>
        from name in Word()
        from mac in Maybe(Word())
        from sandbox in Maybe(Word())
        from mtu in Gen.Choose(0, 9000)
        from socket in Maybe(Word())
        from pci in Maybe(Word())
        select new CniInterface(name, mac, sandbox, mtu, socket, pci);

    private static Gen<CniIp> Ip() =>
        from address in Gen.Elements(
            "10.0.0.5/24",
            "192.168.7.9/16",
            "fd00::5/64",
            "::ffff:10.0.0.1/120",
            "2001:db8::1/128"
        )
        from gateway in Maybe(Gen.Elements("10.0.0.1", "fd00::1"))
        from index in Gen.Choose(-1, 3)
        select new CniIp(address, gateway, index < 0 ? null : index);

    private static Gen<CniRoute> Route() =>
        from dst in Gen.Elements("0.0.0.0/0", "::/0", "10.0.0.0/8", "fd00::/8")
        from gw in Maybe(Gen.Elements("10.0.0.1", "fd00::1"))
        from mtu in Gen.Choose(0, 2)
        from priority in Gen.Choose(0, 2)
        from table in Gen.Choose(-1, 254)
        from scope in Gen.Choose(-1, 2)
        select new CniRoute(dst, gw, mtu, mtu, priority, table < 0 ? null : table, scope < 0 ? null : scope);

    private static Gen<CniDns> Dns() =>
        from servers in Word().ListOf()
        from domain in Maybe(Word())
        from search in Word().ListOf()
        from options in Word().ListOf()
        select new CniDns([.. servers], domain, [.. search], [.. options]);

    private static Gen<string> Word() => Gen.Elements("eth0", "é<&>", "a\"b\\c\n", "\u2028𝄞", "aa:bb:cc:dd:ee:ff");

    private static Gen<string?> Maybe(Gen<string> text) =>
        Gen.OneOf(Gen.Constant<string?>(null), text.Select(value => (string?)value));

    private static Gen<byte[]> Damaged() =>
        from result in Anything()
        let bytes = result.ToJson()
        from at in Gen.Choose(0, bytes.Length - 1)
        from value in Gen.Choose(0, 255)
        from cut in Gen.Choose(0, 9)
        select cut == 0 ? bytes[..at] : [.. bytes[..at], (byte)value, .. bytes[(at + 1)..]];
}
