using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Core.Configuration;
using Multus.Core.Networks;
using Multus.Core.Planning;
using Multus.Core.Pods;

namespace Multus.Core.Tests;

/// <summary>The pods, networks and requests that the tests speak of; those of the quickstarts where there is one.</summary>
internal static class Samples
{
    public const string BridgeConf = """
        {"cniVersion":"0.3.1","name":"mynet","type":"bridge","bridge":"mynet0","ipam":{"type":"host-local","subnet":"10.10.0.0/16",
        "rangeStart":"10.10.1.20","rangeEnd":"10.10.3.50"}}
        """;

    public const string MacvlanConf = """
        {"cniVersion":"0.3.0","type":"macvlan","master":"eth0","mode":"bridge","ipam":{"type":"host-local","subnet":"192.168.1.0/24",
        "rangeStart":"192.168.1.200","rangeEnd":"192.168.1.216","routes":[{"dst":"0.0.0.0/0"}],"gateway":"192.168.1.1"}}
        """;

    public const string ClusterList = """
        {"cniVersion":"1.0.0","name":"cluster","plugins":[{"type":"bridge","bridge":"cni0","ipam":{"type":"host-local","subnet":"10.9.0.0/24"}},
        {"type":"portmap","capabilities":{"portMappings":true}}]}
        """;

    public static ImmutableArray<string> PluginPath { get; } = ["/opt/cni/bin", "/usr/lib/cni"];

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static JsonElement Json(string text) => CniJson.Parse(Bytes(text));

    public static NetworkConfiguration Network(string json) => NetworkConfiguration.Parse(Bytes(json));

    public static MultusConfiguration Configuration(string extra = "") =>
        MultusConfiguration.Parse(Bytes($$"""{"cniVersion":"0.3.1","name":"multus-cni-network","type":"multus-shim","clusterNetwork":"/etc/cni/net.d/10-blue.conflist"{{extra}}}"""), default);

    public static Pod Pod(string? networks, string? uid = null, params (string Key, string Value)[] more)
    {
        var annotations = ImmutableDictionary.CreateBuilder<string, string>();
        if (networks is not null)
            annotations[NetworkSelectionParser.NetworksAnnotation] = networks;
        foreach (var (key, value) in more)
            annotations[key] = value;
        return new Pod(new PodKey("test", "samplepod"), uid, annotations.ToImmutable());
    }

    public static NetworkAttachmentDefinition Nad(string ns, string name, string config, params (string Key, string Value)[] annotations) =>
        new(new NetworkKey(ns, name), config, annotations.ToImmutableDictionary(a => a.Key, a => a.Value));

    public static PlanRequest Request(MultusConfiguration? configuration = null, string uid = "u1") => new(
        SandboxId.Parse("c1"),
        "/var/run/netns/n1",
        InterfaceName.Parse("eth0"),
        new PodIdentity("test", "samplepod", "", uid),
        configuration ?? Configuration(),
        PluginPath);

    /// <summary>Plans as the daemon does: selections from the annotation, then the plan.</summary>
    public static AttachmentPlan Plan(PlanRequest request, Pod? pod, params NetworkAttachmentDefinition[] networks)
    {
        var selections = AttachmentPlanner.Selections(request.Configuration, pod);
        var cluster = request.Configuration.Delegates.FirstOrDefault() ?? Network(ClusterList);
        return AttachmentPlanner.Plan(request, cluster, pod, selections, networks.ToDictionary(n => n.Key));
    }

    public static string Args(ImmutableArray<KeyValuePair<string, string>> args) => CniArgs.Format(args);

    public static string Capabilities(PlannedAttachment attachment) =>
        string.Join(' ', attachment.Parameters.CapabilityArgs.Select(pair => $"{pair.Key}={pair.Value.GetRawText()}"));
}
