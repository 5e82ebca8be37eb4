using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Multus.Cni;
using Multus.Cni.Results;
using Multus.Core.Planning;
using Multus.Core.Status;
using Multus.TestSupport;

namespace Multus.Core.Tests.Properties;

/// <summary>The network-status of any results is JSON that a reader understands as it was meant.</summary>
public sealed class StatusProperties
{
    private static readonly PlannedAttachment[] Attachments =
    [
        .. Samples.Plan(Samples.Request(), Samples.Pod("n"), Samples.Nad("test", "n", Samples.BridgeConf)).Attachments,
    ];

    [Fact]
    public void What_is_written_is_read_as_it_was_meant() =>
        PropertyRule.Holds(
            Results(),
            result =>
                Attachments.All(attachment =>
                {
                    var entries = NetworkStatus.From(attachment, result);

                    var read = CniJson.Parse(Samples.Bytes(NetworkStatus.ToJson(entries)));

                    return read.EnumerateArray().Zip(entries, IsRead).All(isRead => isRead)
                        && read.GetArrayLength() == entries.Length;
                })
        );

    [Fact]
    public void Every_interface_in_the_pod_is_an_entry_and_the_default_is_one_of_the_masters_at_most() =>
        PropertyRule.Holds(
            Results(),
            result =>
            {
                var inPod = result.Interfaces.Count(link => link.Sandbox is not null);
                var master = NetworkStatus.From(Attachments[0], result);
                var other = NetworkStatus.From(Attachments[1], result);
                return master.Length == Math.Max(inPod, 1)
                    && master.Count(entry => entry.IsDefault) <= 1
                    && !other.Any(entry => entry.IsDefault);
            }
        );

    [Fact]
    public void Nothing_that_html_would_mistake_is_written_as_it_is() =>
        PropertyRule.Holds(
            Results(),
            result =>
                !NetworkStatus
                    .ToJson(NetworkStatus.From(Attachments[0], result))
                    .AsSpan()
                    .ContainsAny("<>&\u2028\u2029")
        );

    private static bool IsRead(JsonElement read, NetworkStatusEntry entry) =>
        read.GetProperty("name").GetString() == entry.Name
        && Text(read, "interface") == Filled(entry.Interface)
        && Text(read, "mac") == Filled(entry.Mac)
        && Texts(read, "ips").SequenceEqual(entry.Ips)
        && Texts(read, "gateway").SequenceEqual(entry.Gateways)
        && (read.TryGetProperty("mtu", out var mtu) ? mtu.GetInt32() : 0) == entry.Mtu
        && (read.TryGetProperty("default", out var isDefault) && isDefault.GetBoolean()) == entry.IsDefault
        && Texts(read.GetProperty("dns"), "nameservers").SequenceEqual(entry.Dns.Nameservers)
        && entry.Ips.All(ip => !ip.Contains('/', StringComparison.Ordinal));

    private static string? Text(JsonElement o, string name) =>
        o.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static IEnumerable<string> Texts(JsonElement o, string name) =>
        o.TryGetProperty(name, out var value) ? value.EnumerateArray().Select(item => item.GetString()!) : [];

    private static string? Filled(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static Gen<CniResult> Results() =>
        from interfaces in (
            from name in Gen.Elements("eth0", "net1", "é<&>\"\u2028")
            from mac in Gen.Elements("", "aa:bb:cc:dd:ee:ff")
            from sandbox in Gen.Elements("", "/run/netns/x")
            from mtu in Gen.Elements(0, 1500)
            select new CniInterface(name, Filled(mac), Filled(sandbox), mtu)
        ).ArrayOf()
        from ips in (
            from address in Gen.Elements("10.0.0.5/24", "fd00::5/64", "::ffff:10.0.0.1/120")
            from gateway in Gen.Elements("", "10.0.0.1")
            from index in Gen.Choose(-2, 5)
            select new CniIp(address, Filled(gateway), index == -2 ? null : index)
        ).ArrayOf()
        from routes in (
            from dst in Gen.Elements("0.0.0.0/0", "::/0", "0:0::/0", "0.0.0.0/1", "10.0.0.0/8")
            from gw in Gen.Elements("", "10.0.0.1", "fd00::1")
            select new CniRoute(dst, Filled(gw))
        ).ArrayOf()
        from servers in Gen.Elements("10.0.0.10", "<script>").ArrayOf()
        select new CniResult(
            CniVersion.V110,
            [.. interfaces],
            [.. ips],
            [.. routes],
            new CniDns([.. servers], null, [], [])
        );
}
