using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Core.Devices;
using Multus.Core.Json;
using Multus.Core.Planning;

namespace Multus.Core.Configuration;

/// <summary>Upstream's keys and defaults, key by key.</summary>
internal static class MultusConfigurationReader
{
    private const string DefaultNetworkNamespacesKey = "defaultNetworkNamespaces";

    public static MultusConfiguration Read(OverlaidObject source)
    {
        var settings = ReadSettings(source);
        if (settings.Dialect.PodReplacesAll)
            return settings with { DefaultDelegates = DialectKeys.DefaultDelegates(source, settings.Dialect) };

        var clusterNetwork = source.Text("clusterNetwork") ?? "";
        return settings with
        {
            ClusterNetwork = clusterNetwork,
            Delegates = clusterNetwork.Length > 0 ? [] : DelegatesOf(source),
            DefaultNetworks = clusterNetwork.Length > 0 ? DefaultNetworksOf(source.For("defaultNetworks")) : [],
        };
    }

    /// <summary>Everything but the networks.</summary>
    public static MultusConfiguration ReadSettings(OverlaidObject source)
    {
        var dialect = DialectKeys.Dialect(source);
        var multusNamespace = source.Text("multusNamespace") ?? MultusConfiguration.DefaultMultusNamespace;
        return new MultusConfiguration
        {
            Version = CniVersion.Parse(source.Text("cniVersion")),
            Name = source.Text("name") ?? "",
            BinDir = source.Text("binDir") ?? MultusConfiguration.DefaultBinDir,
            CniDir = source.Text("cniDir") ?? MultusConfiguration.DefaultCniDir,
            RuntimeCacheDir = source.Text("runtimeCacheDir") ?? MultusConfiguration.DefaultRuntimeCacheDir,
            ConfDir = source.Text("confDir") ?? dialect.ConfDir,
            DeviceInfoDir = DeviceInfoDirOf(source),
            Dialect = dialect,
            NamespaceIsolation = source.Flag("namespaceIsolation"),
            GlobalNamespaces = GlobalNamespacesOf(source.Text("globalNamespaces")),
            DefaultNetworkNamespaces = DefaultNetworkNamespacesOf(
                source.For(DefaultNetworkNamespacesKey),
                multusNamespace
            ),
            SystemNamespaces = SystemNamespacesOf(source.For("systemNamespaces").Texts("systemNamespaces")),
            MultusNamespace = multusNamespace,
            ReadinessIndicatorFile = source.Text("readinessindicatorfile") ?? "",
            AllowNoAddress = source.Flag("allowNoAddress"),
            DisableGc = DisableGcOf(source.For("disableGC")),
            AttachMode = AttachModeOf(source),
            RuntimeConfig = RuntimeConfigOf(source.For("runtimeConfig").Object("runtimeConfig")),
            AuxiliaryChainName = source.Text("auxiliaryCNIChainName") ?? "",
        };
    }

    /// <summary>
    /// Where records, results and plugins are, and nothing else. The answer to a DEL is empty, whatever its version.
    /// </summary>
    public static MultusConfiguration ReadFolders(OverlaidObject source) =>
        new()
        {
            Version = CniVersion.Latest,
            BinDir = source.Text("binDir") ?? MultusConfiguration.DefaultBinDir,
            CniDir = source.Text("cniDir") ?? MultusConfiguration.DefaultCniDir,
            RuntimeCacheDir = source.Text("runtimeCacheDir") ?? MultusConfiguration.DefaultRuntimeCacheDir,
        };

    public static ImmutableArray<NetworkConfiguration> DelegatesOf(OverlaidObject source)
    {
        var members = source.For("delegates");
        var array = members.Array("delegates");
        if (array is null || array.Value.GetArrayLength() == 0)
        {
            throw members.Invalid(
                "at least one delegate/clusterNetwork must be specified: set 'clusterNetwork' to the path of the "
                    + "cluster's "
                    + "CNI configuration, or 'delegates' to an array of configurations"
            );
        }

        var delegates = ImmutableArray.CreateBuilder<NetworkConfiguration>(array.Value.GetArrayLength());
        foreach (var item in array.Value.EnumerateArray())
            delegates.Add(DelegateOf(members, item, delegates.Count));
        return delegates.MoveToImmutable();
    }

    private static NetworkConfiguration DelegateOf(JsonMembers members, JsonElement item, int index)
    {
        if (item.ValueKind != JsonValueKind.Object)
            throw members.WrongType($"delegates[{index}]", item, "an object");
        try
        {
            return NetworkConfiguration.Parse(JsonMarshal.GetRawUtf8Value(item).ToArray());
        }
        catch (CniException bad)
        {
            throw new CniException(
                bad.Error with
                {
                    Message = $"failed to load delegate {index} config: {bad.Error.Message}",
                },
                bad
            );
        }
    }

    public static ImmutableArray<string> DefaultNetworksOf(JsonMembers source)
    {
        var networks = source.Texts("defaultNetworks") ?? [];
        var empty = networks.IndexOf("");
        return empty < 0
            ? networks
            : throw source.Invalid($"'defaultNetworks[{empty}]' is empty, must be the name or the path of a network");
    }

    // In a list it may be a word as well (cni-runtime.md §3).
    private static bool DisableGcOf(JsonMembers source) =>
        source.Find("disableGC") is { ValueKind: JsonValueKind.String } word
            ? bool.TryParse(word.GetString(), out var flag)
                ? flag
                : throw source.WrongType("disableGC", word, "true or false")
            : source.Flag("disableGC");

    private static string DeviceInfoDirOf(OverlaidObject source)
    {
        var folder = source.Text("deviceInfoDir") ?? DeviceInfoLocation.DefaultFolder;
        return folder.StartsWith('/')
            ? Path.TrimEndingDirectorySeparator(folder)
            : throw source
                .For("deviceInfoDir")
                .Invalid($"'deviceInfoDir' is \"{JsonText.Excerpt(folder)}\", must be an absolute path");
    }

    private static AttachMode AttachModeOf(OverlaidObject source) =>
        source.Text("attachMode") switch
        {
            null or "" or "auto" => AttachMode.Auto,
            "parallel" => AttachMode.Parallel,
            "sequential" => AttachMode.Sequential,
            var other => throw source
                .For("attachMode")
                .Invalid($"attachMode must be auto, parallel or sequential; found {other}"),
        };

    private static ImmutableArray<string> GlobalNamespacesOf(string? list) =>
        list is null ? ["default"] : [.. list.Split(',', StringSplitOptions.TrimEntries)];

    // OVN-Kubernetes' own default network, as it comes and as OpenShift has it, is where pods ask for their address on
    // a primary user-defined network.
    private static ImmutableArray<string> DefaultNetworkNamespacesOf(JsonMembers source, string multusNamespace) =>
        source.Find(DefaultNetworkNamespacesKey) switch
        {
            null => [multusNamespace, "openshift-ovn-kubernetes", "ovn-kubernetes"],
            { ValueKind: JsonValueKind.String } list =>
            [
                .. list.GetString()!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            ],
            _ => source.Texts(DefaultNetworkNamespacesKey) ?? [],
        };

    private static ImmutableArray<string> SystemNamespacesOf(ImmutableArray<string>? list) =>
        list is { IsEmpty: false } given ? given : [MultusConfiguration.DefaultMultusNamespace];

    private static ImmutableArray<KeyValuePair<string, JsonElement>> RuntimeConfigOf(JsonElement? runtimeConfig)
    {
        if (runtimeConfig is not { } o)
            return [];
        var values = ImmutableArray.CreateBuilder<KeyValuePair<string, JsonElement>>();
        foreach (var member in o.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.Null)
                values.Add(new(member.Name, member.Value));
        }

        return values.ToImmutable();
    }
}
