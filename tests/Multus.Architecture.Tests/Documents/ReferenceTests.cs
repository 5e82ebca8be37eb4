using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using Multus.Cni;

namespace Multus.Architecture.Tests.Documents;

/// <summary>The pages of docs/reference have what the code has, no more and no less.</summary>
public sealed partial class ReferenceTests
{
    private static readonly IReadOnlyList<string> Sources =
    [
        .. Repository.CSharpFiles(Repository.Source).Select(File.ReadAllText),
    ];

    [Fact]
    public void Actor_settings_are_those_of_akka_hocon_with_their_defaults()
    {
        var root = ConfigurationFactory
            .ParseString(File.ReadAllText(Path.Combine(Repository.Root, "akka.hocon")))
            .GetValue("multus");

        var documented = Page("hocon").Rows("Every key").Select(cells => $"{cells[0].Trim('`')} = {cells[1]}");

        Assert.Equal(Settings("multus", root).Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Annotations_are_those_that_the_code_names()
    {
        var page = Page("annotations");
        var documented = page.Keys("Of a pod").Concat(page.Keys("Of a NetworkAttachmentDefinition"));

        Assert.Equal(InSources(Annotation()), documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Keys_of_the_JSON_form_are_those_that_its_reader_asks_for()
    {
        var reader = File.ReadAllText(
            Repository
                .CSharpFiles(Repository.Source)
                .Single(path => Path.GetFileName(path) == "NetworkSelectionJson.cs")
        );
        var read = KeyOfSelection().Matches(reader).Select(match => match.Groups["key"].Value).Distinct();
        var page = Page("annotations");

        // The second name of a key stands beside the first, as those of port mappings stand beside theirs.
        Assert.Equal(
            read.Except(["interfaceRequest", "hostIP", "protocol"]).Order(StringComparer.Ordinal),
            page.Keys("The JSON form").Order(StringComparer.Ordinal)
        );
        Assert.All(
            (string[])["interfaceRequest", "hostIP", "protocol"],
            key => Assert.Contains(page.Lines, line => line.Contains($"`{key}`", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void Keys_of_the_shim_are_those_that_it_reads()
    {
        var reader = File.ReadAllText(
            Repository.CSharpFiles(Repository.Source).Single(path => Path.GetFileName(path) == "ShimSettings.cs")
        );
        var read = KeyOfShim().Matches(reader).Select(match => match.Groups["key"].Value);

        Assert.Equal(
            read.Order(StringComparer.Ordinal),
            Page("configuration").Keys("The file of the runtime").Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Error_codes_have_the_numbers_and_names_of_the_code()
    {
        var codes = typeof(CniErrorCode)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field =>
                string.Create(CultureInfo.InvariantCulture, $"{field.GetRawConstantValue()} {field.Name}")
            );

        Assert.Equal(codes, Page("errors").Rows("Of CNI errors").Select(cells => $"{cells[0]} {cells[1]}"));
    }

    [Fact]
    public void Reasons_of_events_are_those_that_the_code_posts() =>
        Assert.Equal(
            InSources(EventReason()),
            Page("errors").Keys("Reasons of Kubernetes events").Order(StringComparer.Ordinal)
        );

    private static MarkdownFile Page(string name) => MarkdownFile.Read($"docs/reference/{name}.md");

    private static IEnumerable<string> Settings(string path, HoconValue value) =>
        value.IsObject()
            ? value.GetObject().Items.SelectMany(member => Settings($"{path}.{member.Key}", member.Value))
            : [$"{path} = {value.GetString()}"];

    private static IEnumerable<string> InSources(Regex pattern) =>
        Sources
            .SelectMany(text => pattern.Matches(text))
            .Select(match => match.Groups["name"].Value)
            .Distinct()
            .Order(StringComparer.Ordinal);

    [GeneratedRegex(
        "\"(?<name>(?:k8s\\.v1\\.cni\\.cncf\\.io|v1\\.multus-cni\\.io|tke\\.cloud\\.tencent\\.com|multus\\.cni)/[a-zA-Z-]+)\""
    )]
    private static partial Regex Annotation();

    [GeneratedRegex(
        "(?:members\\.\\w+|HardwareAddressOf\\(members, |OfList\\(members, |mapping\\.Text)\\(?\\s*\"(?<key>[A-Za-z-]+)\""
    )]
    private static partial Regex KeyOfSelection();

    [GeneratedRegex("\\(\\s*config,\\s*\"(?<key>\\w+)\"")]
    private static partial Regex KeyOfShim();

    // A constant that is its own name is the reason of an event.
    [GeneratedRegex("const string (?<name>[A-Z]\\w+) = \"\\k<name>\";")]
    private static partial Regex EventReason();
}
