using System.Buffers;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using Multus.Cni;

namespace Multus.Core.Generation;

/// <summary>
/// Makes the configuration by which the container runtime calls Multus, <c>00-multus.conf</c>, from the keys of
/// <c>daemon-config.json</c> and the cluster network's file (wire-and-daemon.md §9.4).
/// </summary>
public sealed class RuntimeConfigTemplate
{
    public const string FileName = "00-multus.conf";
    public const string NetworkName = "multus-cni-network";

    private const string Capabilities = "capabilities";

    // Upstream's order. The thin plugin's keys come after the daemon's.
    private static readonly string[] Order =
    [
        "binDir",
        Capabilities,
        "cniVersion",
        "logFile",
        "logLevel",
        "logToStderr",
        "logOptions",
        "name",
        "clusterNetwork",
        "namespaceIsolation",
        "globalNamespaces",
        "type",
        "cniDir",
        "auxiliaryCNIChainName",
        "daemonSocketDir",
        "overrideNetworkName",
        "kubeconfig",
        "nodeName",
        "readinessindicatorfile",
        "confDir",
    ];

    /// <summary>What the thin plugin needs, and a daemon has in its own configuration.</summary>
    private static readonly ImmutableHashSet<string> OfThin = ["kubeconfig", "nodeName", "confDir"];

    private static readonly JsonWriterOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly JsonElement _keys;
    private readonly string _type;
    private readonly string _version;
    private readonly ImmutableArray<KeyValuePair<string, JsonElement>> _inherited;

    /// <param name="keys">The object with the keys; their case does not count.</param>
    /// <param name="type">The plugin that the runtime calls when the keys do not say: <c>multus-shim</c> or
    /// <c>multus</c>.</param>
    /// <param name="inherited">Keys of an installation before this one, for what <paramref name="keys"/> does not
    /// say; may be undefined.</param>
    public RuntimeConfigTemplate(JsonElement keys, string type, JsonElement inherited = default)
    {
        _keys = keys;
        _type = Text("type") is { Length: > 0 } named ? named : type;
        _version = Text("cniVersion");
        _inherited = inherited.ValueKind == JsonValueKind.Object ? Inheritance.Of(inherited) : [];
    }

    /// <summary>Whether the network has the cluster network's name.</summary>
    public bool OverridesName => IsTrue("overrideNetworkName");

    /// <summary>The keys' own cniVersion, empty when they leave it to the runtime and the cluster network.</summary>
    public string Version => _version;

    /// <summary>The file's content: one line of JSON.</summary>
    /// <param name="network">The cluster network.</param>
    /// <param name="runtimeVersion">The newest CNI version that the container runtime knows; null when that is not
    /// known.</param>
    public byte[] Write(ClusterNetworkFile network, CniVersion? runtimeVersion)
    {
        ArgumentNullException.ThrowIfNull(network);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            foreach (var key in Order)
                WriteKey(json, key, network, runtimeVersion);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private void WriteKey(Utf8JsonWriter json, string key, ClusterNetworkFile network, CniVersion? runtimeVersion)
    {
        switch (key)
        {
            case Capabilities:
                WriteCapabilities(json, network);
                break;
            case "cniVersion":
                json.WriteString(key, VersionFor(network, runtimeVersion));
                break;
            case "name":
                json.WriteString(key, OverridesName ? network.Network.Name : NetworkName);
                break;
            case "clusterNetwork":
                json.WriteString(key, network.Path);
                break;
            case "type":
                json.WriteString(key, _type);
                break;
            default:
                if ((!OfThin.Contains(key) || _type == "multus") && Find(key) is { } value && IsGiven(value))
                {
                    json.WritePropertyName(key);
                    value.WriteTo(json);
                }

                break;
        }
    }

    // STATUS and GC begin with 1.1.0. A runtime refuses a version that it does not know, and with it the node.
    private string VersionFor(ClusterNetworkFile network, CniVersion? runtimeVersion)
    {
        if (_version.Length > 0)
            return _version;
        if (runtimeVersion is { } known && known >= CniVersion.V110)
            return CniVersion.V110.ToString();

        var version = network.Network.Version;
        return (version.IsSupported ? version : CniVersion.V100).ToString();
    }

    private void WriteCapabilities(Utf8JsonWriter json, ClusterNetworkFile network)
    {
        var all = new SortedDictionary<string, JsonElement?>(StringComparer.Ordinal);
        foreach (var capability in network.Capabilities)
            all[capability] = null;
        if (Find(Capabilities) is { ValueKind: JsonValueKind.Object } given)
        {
            foreach (var member in given.EnumerateObject())
                all.TryAdd(member.Name, member.Value);
        }

        if (all.Count == 0)
            return;
        json.WriteStartObject(Capabilities);
        foreach (var (name, value) in all)
        {
            json.WritePropertyName(name);
            if (value is { } element)
                element.WriteTo(json);
            else
                json.WriteBooleanValue(true);
        }

        json.WriteEndObject();
    }

    private static bool IsGiven(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Null or JsonValueKind.Undefined or JsonValueKind.False => false,
            JsonValueKind.String => value.GetString()!.Length > 0,
            JsonValueKind.Array => value.GetArrayLength() > 0,
            _ => true,
        };

    private bool IsTrue(string key) => Find(key) is { ValueKind: JsonValueKind.True };

    private string Text(string key) =>
        CniJson.TryGetIgnoringCase(_keys, key, out var found) && found.ValueKind == JsonValueKind.String
            ? found.GetString()!
            : "";

    private JsonElement? Find(string key)
    {
        if (CniJson.TryGetIgnoringCase(_keys, key, out var found))
            return found;
        foreach (var (name, value) in _inherited)
        {
            if (name == key)
                return value;
        }

        return null;
    }
}
