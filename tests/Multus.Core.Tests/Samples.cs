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

/// <summary>
/// The pods, networks and requests that the tests speak of; those of the quickstarts where there is one.
/// </summary>
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

    public static MultusConfiguration Configuration(
        string extra = "",
        string clusterNetwork = "/etc/cni/net.d/10-blue.conflist"
    ) =>
        MultusConfiguration.Parse(
            Bytes(
                $$"""{"cniVersion":"0.3.1","name":"multus-cni-network","type":"multus-shim","clusterNetwork":"{{clusterNetwork}}"{{extra}}}"""
            ),
            default
        );

    public static Pod Pod(string? networks, string? uid = null, params (string Key, string Value)[] more)
    {
        var annotations = ImmutableDictionary.CreateBuilder<string, string>();
        if (networks is not null)
            annotations[NetworkSelectionParser.NetworksAnnotation] = networks;
        foreach (var (key, value) in more)
            annotations[key] = value;
        return new Pod(new PodKey("test", "samplepod"), uid, annotations.ToImmutable());
    }

    public static NetworkAttachmentDefinition Nad(
        string ns,
        string name,
        string config,
        params (string Key, string Value)[] annotations
    ) => new(new NetworkKey(ns, name), config, annotations.ToImmutableDictionary(a => a.Key, a => a.Value));

    public static PlanRequest Request(MultusConfiguration? configuration = null, string uid = "u1") =>
        new(
            SandboxId.Parse("c1"),
            "/var/run/netns/n1",
            InterfaceName.Parse("eth0"),
            new PodIdentity("test", "samplepod", "", uid),
            configuration ?? Configuration(),
            PluginPath
        );

    /// <summary>
    /// Plans as the daemon does, with nothing in confDir and <see cref="ClusterList"/> at every path.
    /// </summary>
    public static AttachmentPlan Plan(PlanRequest request, Pod? pod, params NetworkAttachmentDefinition[] networks) =>
        Plan(request, pod, [], networks);

    public static AttachmentPlan Plan(
        PlanRequest request,
        Pod? pod,
        (string Name, string Text)[] confDir,
        params NetworkAttachmentDefinition[] networks
    )
    {
        var demand = AttachmentPlanner.Demand(request.Configuration, pod);
        var known = new ResolvedNetworks(
            networks.Where(network => demand.Definitions.Contains(network.Key)).ToDictionary(network => network.Key),
            demand.Paths.ToImmutableDictionary(path => path.Value, _ => Network(ClusterList)),
            Folder(request.Configuration.ConfDir, confDir)
        );
        return AttachmentPlanner.Plan(request, pod, demand, known);
    }

    public static ConfigurationFolder Folder(string path, params (string Name, string Text)[] files) =>
        new(
            path,
            [.. files.Select(file => ConfigurationFile.Parse(new FoundFile($"{path}/{file.Name}", Bytes(file.Text))))]
        );

    /// <summary>
    /// What each attachment of the plan is: "net1 test/bridge-conf mynet", of which the last is the configuration's own
    /// name.
    /// </summary>
    public static string[] Attached(AttachmentPlan plan) =>
        [.. plan.Attachments.Select(a => $"{a.Parameters.IfName} {a.DisplayName} {a.Configuration.Name}")];

    public static string Args(ImmutableArray<KeyValuePair<string, string>> args) => CniArgs.Format(args);

    public static string Capabilities(PlannedAttachment attachment) =>
        string.Join(' ', attachment.Parameters.CapabilityArgs.Select(pair => $"{pair.Key}={pair.Value.GetRawText()}"));
}
