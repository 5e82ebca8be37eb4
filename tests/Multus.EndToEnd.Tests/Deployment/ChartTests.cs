using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Json.Schema;
using Multus.TestSupport;
using YamlDotNet.Serialization;

namespace Multus.EndToEnd.Tests.Deployment;

/// <summary>
/// The Helm chart, as far as it can be read without Helm: its values, their schema, and that templates and values name
/// the same.
/// </summary>
public sealed partial class ChartTests
{
    private static readonly string Folder = Path.Combine(DeployedFiles.Root, "deploy", "chart");

    public static TheoryData<string> Presets =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(Folder, "presets"), "*.yaml")
                .Select(file => Path.GetFileNameWithoutExtension(file)!)
                .Order(StringComparer.Ordinal),
        ];

    [Fact]
    public void The_chart_has_the_version_of_the_product()
    {
        var chart = Read("Chart.yaml");

        Assert.Equal("v2", (string?)chart["apiVersion"]);
        Assert.Equal("multus", (string?)chart["name"]);
        Assert.Equal("application", (string?)chart["type"]);
        Assert.Equal(Version(), (string?)chart["version"]);
        Assert.Equal(Version(), (string?)chart["appVersion"]);
    }

    [Fact]
    public void Its_definition_of_networks_is_the_one_that_is_deployed() =>
        Assert.Equal(
            File.ReadAllText(Path.Combine(DeployedFiles.Root, "deploy", "kustomize", "base", "crd.yaml")),
            File.ReadAllText(Path.Combine(Folder, "crds", "crd.yaml"))
        );

    [Fact]
    public void The_schema_accepts_the_values() => Assert.True(IsValid(Read("values.yaml")));

    [Theory]
    [MemberData(nameof(Presets))]
    public void The_schema_accepts_every_preset_laid_over_the_values(string preset) =>
        Assert.True(IsValid(Merged(Read("values.yaml"), Read($"presets/{preset}.yaml"))));

    [Theory]
    [InlineData("""{"imagePullPolicy":"Always"}""")]
    [InlineData("""{"image":{"digest":"latest"}}""")]
    [InlineData("""{"image":{"pullPolicy":"Sometimes"}}""")]
    [InlineData("""{"node":{"cniConfDir":"etc/cni/net.d"}}""")]
    [InlineData("""{"node":{"cniBinDir":"/opt/cni/bin/"}}""")]
    [InlineData("""{"node":{"runtimeSocket":"/run/containerd/containerd.sock"}}""")]
    [InlineData("""{"config":{"extra":{"chrootDir":"/"}}}""")]
    [InlineData("""{"config":{"extra":{"ui":true}}}""")]
    [InlineData("""{"ui":{"tokenSecret":"Not A Name"}}""")]
    [InlineData("""{"ui":{"enabled":"yes"}}""")]
    [InlineData("""{"config":{"logLevel":"loud"}}""")]
    [InlineData("""{"resources":{"limits":{"memory":"1Gi"}}}""")]
    [InlineData("""{"resources":{"memory":"lots"}}""")]
    [InlineData("""{"maxUnavailable":"some"}""")]
    [InlineData("""{"hostPID":"yes"}""")]
    [InlineData("""{"metrics":{"port":0}}""")]
    [InlineData("""{"metrics":{"podMonitor":{"enabled":"yes"}}}""")]
    [InlineData("""{"config":{"extra":{"metricsPort":9091}}}""")]
    public void The_schema_refuses_what_would_come_to_nothing(string values) =>
        Assert.False(IsValid(Merged(Read("values.yaml"), JsonNode.Parse(values)!.AsObject())));

    [Fact]
    public void The_schema_has_every_value_and_each_is_used_and_no_template_uses_another()
    {
        var values = PathsOf(Read("values.yaml")).ToHashSet();
        var used = Directory
            .EnumerateFiles(Path.Combine(Folder, "templates"))
            .SelectMany(file => Value().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups["path"].Value)
            .ToHashSet();

        Assert.All(used, path => Assert.Contains(values, value => IsOrHolds(value, path)));
        Assert.All(values, value => Assert.Contains(used, path => IsOrHolds(path, value) || IsOrHolds(value, path)));

        static bool IsOrHolds(string path, string other) =>
            path == other || path.StartsWith(other + ".", StringComparison.Ordinal);
    }

    [KubectlTheory]
    [MemberData(nameof(Presets))]
    public void A_preset_says_what_the_overlay_of_its_name_says(string preset)
    {
        var overlay = Kustomization.Overlay(preset).Text;

        Assert.All(
            TextsOf(Read($"presets/{preset}.yaml")),
            text => Assert.Contains(text, overlay, StringComparison.Ordinal)
        );
    }

    private static bool IsValid(JsonNode values)
    {
        var schema = JsonSchema.FromText(File.ReadAllText(Path.Combine(Folder, "values.schema.json")));
        using var document = System.Text.Json.JsonDocument.Parse(values.ToJsonString());
        return schema.Evaluate(document.RootElement).IsValid;
    }

    private static JsonObject Read(string file)
    {
        var content = new DeserializerBuilder()
            .WithAttemptingUnquotedStringTypeDeserialization()
            .WithDuplicateKeyChecking()
            .Build()
            .Deserialize<object>(File.ReadAllText(Path.Combine(Folder, file)));
        return JsonNode.Parse(new SerializerBuilder().JsonCompatible().Build().Serialize(content))!.AsObject();
    }

    /// <summary>As Helm lays one file of values over another.</summary>
    private static JsonObject Merged(JsonObject values, JsonObject over)
    {
        foreach (var (key, value) in over)
        {
            values[key] =
                value is JsonObject inner && values[key] is JsonObject own
                    ? Merged(own.DeepClone().AsObject(), inner)
                    : value?.DeepClone();
        }

        return values;
    }

    private static IEnumerable<string> PathsOf(JsonObject values) =>
        values.SelectMany(value =>
            value.Value is JsonObject { Count: > 0 } inner
                ? PathsOf(inner).Select(path => $"{value.Key}.{path}")
                : [value.Key]
        );

    private static IEnumerable<string> TextsOf(JsonNode? node) =>
        node switch
        {
            JsonObject map => map.SelectMany(member => TextsOf(member.Value)),
            JsonArray list => list.SelectMany(TextsOf),
            _ => [node!.ToString()],
        };

    private static string Version() =>
        XDocument
            .Load(Path.Combine(DeployedFiles.Root, "Directory.Build.props"))
            .Descendants("VersionPrefix")
            .Single()
            .Value;

    [GeneratedRegex(@"\.Values\.(?<path>[A-Za-z.]+[A-Za-z])")]
    private static partial Regex Value();
}
