using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Multus.Cni;
using Multus.Core.Json;
using Multus.Core.Pods;

namespace Multus.Core.Networks;

/// <summary>The JSON form of a text that names networks: an array of objects (attach.md §8.1).</summary>
/// <param name="owner">Where the text is, as an error message begins.</param>
internal sealed class NetworkSelectionJson(string owner, string defaultNamespace, Dialect dialect)
{
    private const uint Code = CniErrorCode.InvalidNetworkConfig;
    private static readonly string[] Rates = ["ingressRate", "ingressBurst", "egressRate", "egressBurst"];

    /// <exception cref="CniException">Code 7.</exception>
    public ImmutableArray<NetworkSelection> Parse(string annotation)
    {
        var root = ParseText(annotation);
        if (root.ValueKind != JsonValueKind.Array)
        {
            throw new CniException(
                Code,
                $"{owner} is {JsonText.KindOf(root)}, must be an array of objects",
                $"found: {JsonText.Excerpt(root)}"
            );
        }

        var selections = ImmutableArray.CreateBuilder<NetworkSelection>(root.GetArrayLength());
        foreach (var element in root.EnumerateArray())
            selections.Add(ParseElement(element, $"{owner}, element {selections.Count}"));
        return selections.MoveToImmutable();
    }

    private JsonElement ParseText(string annotation)
    {
        try
        {
            return JsonText.Parse(Encoding.UTF8.GetBytes(annotation));
        }
        catch (JsonException bad)
        {
            throw new CniException(
                new CniError(
                    Code,
                    $"failed to parse {owner} in JSON format: {JsonText.OneLine(bad.Message)}",
                    $"found: {JsonText.Excerpt(annotation)}"
                ),
                bad
            );
        }
    }

    private NetworkSelection ParseElement(JsonElement element, string place)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw new CniException(
                Code,
                $"{place} is {JsonText.KindOf(element)} ({JsonText.Excerpt(element)}), must be an object with a 'name'"
            );

        var members = new JsonMembers(element, place, Code);
        return new NetworkSelection(
            NamespaceOf(members) ?? defaultNamespace,
            NameOf(members),
            InterfaceOf(members),
            IpsOf(members),
            MacOf(members),
            HardwareAddressOf(members, "infiniband-guid"),
            BandwidthOf(members, place),
            PortMappingsOf(members, place),
            members.Text("deviceID"),
            members.Object("cni-args"),
            DefaultRouteOf(members)
        )
        {
            IpamClaimReference = members.Text("ipam-claim-reference"),
            DeviceContainer = ContainerOf(members),
        };
    }

    private static string? NamespaceOf(JsonMembers members)
    {
        var ns = members.Text("namespace");
        return ns is null || KubernetesNames.IsLabel(ns)
            ? ns
            : throw members.Invalid(
                $"'namespace' is \"{JsonText.Excerpt(ns)}\", must be lower-case letters, digits and '-'"
            );
    }

    private string NameOf(JsonMembers members)
    {
        var name = members.Text("name") ?? throw members.Invalid("'name' is missing or empty, must name a network");
        return NetworkSelectionParser.NameProblem(name, dialect, withDots: true) is not { } problem
            ? name
            : throw members.Invalid($"'name' is \"{JsonText.Excerpt(name)}\", {problem}");
    }

    private static string? InterfaceOf(JsonMembers members)
    {
        var wanted = members.Text("interface");
        var deprecated = members.Text("interfaceRequest");
        wanted ??= deprecated;
        return wanted is null ? null
            : InterfaceNames.Problem(wanted) is { } problem ? throw members.Invalid(problem)
            : wanted;
    }

    private static string? ContainerOf(JsonMembers members)
    {
        var container = members.Text("device-container");
        return container is null || KubernetesNames.IsLabel(container)
            ? container
            : throw members.Invalid(
                $"'device-container' is \"{JsonText.Excerpt(container)}\", must be the name of a container of the pod"
            );
    }

    private ImmutableArray<string> IpsOf(JsonMembers members)
    {
        var ips = members.Texts("ips") ?? [];
        if (ips.IsEmpty && dialect.IpKey is { } key && members.Text(key) is { } only)
            ips = [only];
        foreach (var ip in ips)
        {
            if (!IpText.IsAddressOrCidr(ip))
                throw members.Invalid($"'ips': failed to parse CIDR/IP address \"{JsonText.Excerpt(ip)}\"");
        }

        return ips;
    }

    private string? MacOf(JsonMembers members)
    {
        var mac =
            HardwareAddressOf(members, "mac") ?? (dialect.MacKey is { } key ? HardwareAddressOf(members, key) : null);
        return mac is null ? null : HardwareAddressText.Normal(mac);
    }

    private static string? HardwareAddressOf(JsonMembers members, string name)
    {
        var text = members.Text(name);
        return text is null || HardwareAddressText.IsValid(text)
            ? text
            : throw members.Invalid(
                $"'{name}' is \"{JsonText.Excerpt(text)}\", must be 6, 8 or 20 bytes like 02:00:00:00:00:01"
            );
    }

    private static JsonElement? BandwidthOf(JsonMembers members, string place)
    {
        if (members.Object("bandwidth") is not { } bandwidth)
            return null;
        var rates = new JsonMembers(bandwidth, $"{place}, bandwidth", Code);
        foreach (var rate in Rates)
            rates.RequireInteger(rate, 0);
        return bandwidth;
    }

    private static JsonElement? PortMappingsOf(JsonMembers members, string place)
    {
        if (members.Array("portMappings") is not { } mappings)
            return null;
        var index = 0;
        foreach (var mapping in mappings.EnumerateArray())
        {
            if (mapping.ValueKind != JsonValueKind.Object)
                throw members.WrongType($"portMappings[{index}]", mapping, "an object");
            RequirePortMapping(new JsonMembers(mapping, $"{place}, portMappings[{index}]", Code));
            index++;
        }

        return mappings;
    }

    private static void RequirePortMapping(JsonMembers mapping)
    {
        mapping.RequireInteger("hostPort", 0, ushort.MaxValue);
        mapping.RequireInteger("containerPort", 0, ushort.MaxValue);
        _ = mapping.Text("protocol");
        if (mapping.Text("hostIP") is { } address && !IpText.IsAddress(address))
            throw mapping.Invalid($"'hostIP' is \"{JsonText.Excerpt(address)}\", must be an IP address");
    }

    private static ImmutableArray<string>? DefaultRouteOf(JsonMembers members)
    {
        var gateways = members.Texts("default-route");
        foreach (var gateway in gateways ?? [])
        {
            if (!IpText.IsAddress(gateway))
                throw members.Invalid(
                    $"'default-route' has \"{JsonText.Excerpt(gateway)}\", must be IP addresses of gateways"
                );
        }

        return gateways;
    }
}
