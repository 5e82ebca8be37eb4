using System.Text;
using System.Text.RegularExpressions;
using Multus.Cni;
using Multus.Core.Networks;

namespace Multus.Core.Tests.Networks;

/// <summary>
/// What holds for whatever a pod's author may write. Fixed seeds: a failure is the same on the next run.
/// </summary>
public sealed class NetworkSelectionProperties
{
    private const int Runs = 5_000;
    private static readonly Regex Name = new(
        "^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
        RegexOptions.CultureInvariant
    );

    private static readonly string[] Pieces =
    [
        "net1",
        "ns",
        "/",
        "@",
        ",",
        " ",
        "..",
        "[",
        "]",
        "{",
        "}",
        "\"",
        ":",
        "\\",
        "\\ud800",
        "\\u0000",
        "\0",
        "\n",
        "null",
        "true",
        "1e9",
        "-1",
        "\"name\"",
        "\"namespace\"",
        "\"interface\"",
        "\"ips\"",
        "\"mac\"",
        "\"bandwidth\"",
        "\"portMappings\"",
        "\"cni-args\"",
        "\"default-route\"",
        "\"net1\"",
        "\"10.0.0.1/24\"",
        "\"02:00:00:00:00:01\"",
        "[{\"name\":\"net1\"",
        "}]",
        ":[",
        ":{",
        "é",
        "\ud800",
        "\u2028",
        "A",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_text_is_either_refused_or_gives_only_valid_names(int seed)
    {
        var random = new Random(seed);
        for (var run = 0; run < Runs; run++)
            RequireRefusedOrValid(RandomText(random));
    }

    [Fact]
    public void Any_damage_to_a_good_annotation_is_either_refused_or_gives_only_valid_names()
    {
        const string good = """
            [{"name":"net1","namespace":"ns1","ips":["10.0.0.9/24"],"mac":"02:00:00:00:00:09","interface":"north","infiniband-guid":"02:00:5e:10:00:00:00:01",
            "portMappings":[{"hostPort":80,"containerPort":8080,"protocol":"tcp"}],"bandwidth":{"ingressRate":1},"cni-args":{"a":{"b":[1]}},"default-route":["10.0.0.1"]}]
            """;
        var random = new Random(4);
        for (var run = 0; run < Runs; run++)
        {
            var text = new StringBuilder(good);
            for (var i = random.Next(1, 4); i > 0; i--)
                text[random.Next(text.Length)] = (char)random.Next(1, 0x180);
            RequireRefusedOrValid(text.ToString());
        }
    }

    [Fact]
    public void Every_generated_good_element_is_accepted_as_it_was_meant()
    {
        var random = new Random(5);
        for (var run = 0; run < Runs; run++)
        {
            var (ns, name, ifName) = (RandomName(random), RandomName(random), $"if{random.Next(1000)}");

            var listed = NetworkSelectionParser.Parse($"{ns}/{name}@{ifName}", "pod").Single();
            var json = NetworkSelectionParser
                .Parse($$"""[{"namespace":"{{ns}}","name":"{{name}}","interface":"{{ifName}}"}]""", "pod")
                .Single();

            Assert.Equal((ns, name, ifName), (listed.Namespace, listed.Name, listed.InterfaceRequest));
            Assert.Equal((ns, name, ifName), (json.Namespace, json.Name, json.InterfaceRequest));
        }
    }

    private static void RequireRefusedOrValid(string annotation)
    {
        try
        {
            foreach (var selection in NetworkSelectionParser.Parse(annotation, "pod"))
            {
                Assert.True(Name.IsMatch(selection.Name) && !selection.Name.EndsWith('\n'), annotation);
                Assert.True(
                    Name.IsMatch(selection.Namespace) && !selection.Namespace.Contains('.', StringComparison.Ordinal),
                    annotation
                );
                Assert.True(
                    selection.InterfaceRequest is null || InterfaceName.TryParse(selection.InterfaceRequest, out _),
                    annotation
                );
            }
        }
        catch (CniException refused)
        {
            Assert.Equal(CniErrorCode.InvalidNetworkConfig, refused.Error.Code);
            Assert.DoesNotContain('\n', refused.Error.Text);
        }
    }

    private static string RandomText(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(1, 14)).Select(_ => Pieces[random.Next(Pieces.Length)]));

    private static string RandomName(Random random)
    {
        const string inner = "abcxyz0189-";
        var length = random.Next(1, 12);
        var name = new char[length];
        for (var i = 0; i < length; i++)
            name[i] = inner[random.Next(i == 0 || i == length - 1 ? inner.Length - 1 : inner.Length)];
        return new string(name);
    }
}
