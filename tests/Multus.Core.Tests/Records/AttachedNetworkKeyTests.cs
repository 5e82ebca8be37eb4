using System.Text;
using Multus.Cni.Configurations;
using Multus.Core.Records;

namespace Multus.Core.Tests.Records;

public class AttachedNetworkKeyTests
{
    [Fact]
    public void The_file_of_a_network_is_called_as_the_network() =>
        Assert.Equal("ns%2Fblue@net", Key("ns/blue", "net"));

    [Fact]
    public void No_two_networks_share_a_file()
    {
        var long1 = new string('a', 300);
        string[] keys =
        [
            Key("a", "b@c"),
            Key("a@b", "c"),
            Key("a/b", "c"),
            Key("a%2Fb", "c"),
            Key("", ""),
            Key(long1, "x"),
            Key(long1, "y"),
        ];

        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.All(keys, key => Assert.DoesNotContain('/', key));
        Assert.All(keys, key => Assert.InRange(key.Length, 1, 240));
    }

    private static string Key(string displayName, string name) =>
        new AttachedNetwork(
            displayName,
            NetworkConfiguration.ParseConf(
                Encoding.UTF8.GetBytes($$"""{"cniVersion":"1.0.0","name":"{{name}}","type":"t"}""")
            )
        ).Key;
}
