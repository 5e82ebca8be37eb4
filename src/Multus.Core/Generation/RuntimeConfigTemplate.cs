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
    private const string ClusterNetwork = "clusterNetwork";
    private const string Delegates = "delegates";
    private const string Thin = "multus";

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
        ClusterNetwork,
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
        Delegates,
    ];

    /// <summary>What the thin plugin needs, and a daemon has in its own configuration.</summary>
    private static readonly ImmutableHashSet<string> OfThin = ["kubeconfig", "nodeName", "confDir"];

    private static readonly JsonWriterOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly JsonElement _keys;
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
        Type = Text("type") is { Length: > 0 } named ? named : type;
        _version = Text("cniVersion");
        _inherited = inherited.ValueKind == JsonValueKind.Object ? Inheritance.Of(inherited) : [];
    }

    /// <summary>The plugin that the runtime calls.</summary>
    public string Type { get; }

    /// <summary>Whether the network has the cluster network's name.</summary>
    public bool OverridesName => IsTrue("overrideNetworkName");

    /// <summary>
    /// Whether the cluster network is written into the configuration, as upstream's thin installer does
    /// (wire-and-daemon.md §14), and not named by its path: the plugin may see its file at another one.
    /// </summary>
    public bool EmbedsNetwork { get; init; }

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

    /// <summary>The same for a cluster network of which no file is read: the plugin looks for it.</summary>
    /// <param name="clusterNetwork">The key of that name: a file, a folder, or a NetworkAttachmentDefinition.</param>
    public byte[] Write(string clusterNetwork)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            foreach (var key in Order)
            {
                if (key == "cniVersion")
                    json.WriteString(key, _version.Length > 0 ? _version : CniVersion.V100.ToString());
                else if (key == "name")
                    json.WriteString(key, NetworkName);
                else if (key == ClusterNetwork)
                    json.WriteString(key, clusterNetwork);
                else
                    WriteOwn(json, key);
            }

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
            case ClusterNetwork:
                if (!EmbedsNetwork)
                    json.WriteString(key, network.Path);
                break;
            case Delegates:
                if (EmbedsNetwork)
                    WriteNetwork(json, network);
                break;
            default:
                WriteOwn(json, key);
                break;
        }
    }

    private void WriteOwn(Utf8JsonWriter json, string key)
    {
        if (key == "type")
        {
            json.WriteString(key, Type);
        }
        else if ((!OfThin.Contains(key) || Type == Thin) && Find(key) is { } value && IsGiven(key, value))
        {
            json.WritePropertyName(key);
            value.WriteTo(json);
        }
    }

    private static void WriteNetwork(Utf8JsonWriter json, ClusterNetworkFile network)
    {
        json.WriteStartArray(Delegates);
        CniJson.Parse(network.Network.Bytes).WriteTo(json);
        json.WriteEndArray();
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

    // False is what a missing key means; but for logToStderr in the thin plugin's configuration.
    private bool IsGiven(string key, JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Null or JsonValueKind.Undefined => false,
            JsonValueKind.False => key == "logToStderr" && Type == Thin,
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
