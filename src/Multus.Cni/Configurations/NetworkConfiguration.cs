using System.Collections.Immutable;
using System.Text.Json;
using Multus.Cni.Json;

namespace Multus.Cni.Configurations;

/// <summary>
/// The configuration of one network: a single plugin (a conf) or a chain of them (a conflist). Immutable; what the
/// <c>With…</c> methods give is written again, with sorted keys and all digits of every number (cni-runtime.md §1 to
/// §3).
/// </summary>
public sealed class NetworkConfiguration
{
    private readonly JsonElement _root;

    private NetworkConfiguration(JsonElement root, ReadOnlyMemory<byte> bytes, PluginConfiguration conf)
    {
        _root = root;
        Bytes = bytes;
        Name = conf.Name;
        CniVersionText = conf.CniVersion;
        Version = ParseVersion(CniVersionText);
        Plugins = [conf];
        Types = conf.Type;
    }

    private NetworkConfiguration(JsonElement root, ReadOnlyMemory<byte> bytes, bool mayLackName)
    {
        _root = root;
        Bytes = bytes;
        IsList = true;
        Name = ListReader.Name(root, mayLackName);
        CniVersionText = ListReader.Version(root);
        Version = ParseVersion(CniVersionText);
        DisableCheck = ListReader.Flag(root, "disableCheck");
        DisableGc = ListReader.Flag(root, "disableGC");
        LoadOnlyInlinedPlugins = ListReader.Flag(root, "loadOnlyInlinedPlugins");
        Plugins = ListReader.Plugins(root, LoadOnlyInlinedPlugins);
        Types = JoinTypes(Plugins);
    }

    /// <summary>May be empty, or break the rules of <see cref="NetworkName"/>: those count on ADD only.</summary>
    public string Name { get; }

    /// <summary>
    /// What plugins are told, even when it is empty; for a list with <c>cniVersions</c> the chosen one.
    /// </summary>
    public string CniVersionText { get; }

    /// <summary>
    /// <see cref="CniVersionText"/> as a version; 0.1.0 when it is empty. Not necessarily a supported one.
    /// </summary>
    public CniVersion Version { get; }

    public bool IsList { get; }

    /// <summary>CHECK succeeds without running anything.</summary>
    public bool DisableCheck { get; }

    /// <summary>GC succeeds without running anything.</summary>
    public bool DisableGc { get; }

    /// <summary>No plugins are to be added from the folder beside the file that the list came from.</summary>
    public bool LoadOnlyInlinedPlugins { get; }

    /// <summary>
    /// In the order of ADD. Empty only for a list without <c>plugins</c>, whose plugins are still to be loaded.
    /// </summary>
    public ImmutableArray<PluginConfiguration> Plugins { get; }

    /// <summary>The document as given, or as written again by a <c>With…</c> method.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>"bridge" or "bridge,portmap", for logs.</summary>
    public string Types { get; }

    /// <summary>
    /// Reads whichever of the two it is: with a non-empty <c>type</c> a conf, else a list. A list may lack its name,
    /// because <see cref="WithDefaultName"/> may be about to give it one.
    /// </summary>
    /// <exception cref="CniException">Code 7, saying what is wrong.</exception>
    public static NetworkConfiguration Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            var root = CniJson.Parse(json);
            var conf = PluginConfiguration.Read(json, root);
            if (conf.Type.Length > 0)
                return new NetworkConfiguration(root, json, conf);
            if (!root.TryGetProperty("plugins", out var plugins) || plugins.ValueKind == JsonValueKind.Null)
                throw ConfigurationError.Of(
                    "error parsing configuration: a delegate must have the 'type' or 'plugins' field, and this "
                        + "one has neither"
                );

            return new NetworkConfiguration(root, json, mayLackName: true);
        }
        catch (JsonException e)
        {
            throw ConfigurationError.Of("error parsing configuration: ", e);
        }
    }

    /// <exception cref="CniException">Code 7, saying what is wrong.</exception>
    public static NetworkConfiguration ParseConf(ReadOnlyMemory<byte> json)
    {
        var conf = PluginConfiguration.Parse(json);
        return new NetworkConfiguration(conf.Root, json, conf);
    }

    /// <summary>
    /// Unlike <see cref="Parse"/> this insists on a name, and takes a list whose plugins are still to be loaded.
    /// </summary>
    /// <exception cref="CniException">Code 7, saying what is wrong.</exception>
    public static NetworkConfiguration ParseList(ReadOnlyMemory<byte> json)
    {
        try
        {
            var root = CniJson.Parse(json);
            JsonShape.RequireObject(root, "a configuration list");
            return new NetworkConfiguration(root, json, mayLackName: false);
        }
        catch (JsonException e)
        {
            throw ListReader.Error(e);
        }
    }

    /// <summary>The same network, named if it had no name.</summary>
    public NetworkConfiguration WithDefaultName(string name) =>
        IsMissing("name") ? Rewritten(draft => draft.Set("name", name)) : this;

    /// <summary>The same network, with a version if it had none.</summary>
    public NetworkConfiguration WithDefaultVersion(CniVersion v) =>
        CniVersionText.Length == 0 ? Rewritten(draft => draft.Set("cniVersion", v.ToString())) : this;

    /// <summary>
    /// Merges members into <c>args.cni</c> of every plugin: existing ones are replaced, others kept (attach.md §8.5).
    /// </summary>
    /// <exception cref="CniException">Code 7: the members, <c>args</c> or <c>args.cni</c> are no object.</exception>
    public NetworkConfiguration WithCniArgs(JsonElement cniArgs)
    {
        if (!IsList)
            return Rewritten(draft => CniArgsMerge.Into(draft, _root, cniArgs, Types));

        var plugins = ImmutableArray.CreateBuilder<byte[]>(Plugins.Length);
        foreach (var plugin in Plugins)
        {
            var draft = JsonDraft.From(plugin.Root);
            CniArgsMerge.Into(draft, plugin.Root, cniArgs, plugin.Type);
            plugins.Add(draft.ToBytes());
        }

        return WithPluginBytes(plugins.MoveToImmutable());
    }

    /// <summary>
    /// The same network with a device in every plugin, under both of the names that plugins look for (attach.md §9.3).
    /// </summary>
    public NetworkConfiguration WithDevice(string deviceId)
    {
        if (!IsList)
            return Rewritten(draft => Inject(draft, deviceId));

        var plugins = ImmutableArray.CreateBuilder<byte[]>(Plugins.Length);
        foreach (var plugin in Plugins)
        {
            var draft = JsonDraft.From(plugin.Root);
            Inject(draft, deviceId);
            plugins.Add(draft.ToBytes());
        }

        return WithPluginBytes(plugins.MoveToImmutable());
    }

    /// <summary>
    /// The list with the plugins found beside its file behind its own (cni-runtime.md §3.1). They become part of
    /// <see cref="Bytes"/>, so that whatever is stored sends DEL the same plugins as ADD.
    /// </summary>
    /// <exception cref="CniException">Code 7: no plugin here or there, or this is no list.</exception>
    public NetworkConfiguration WithLoadedPlugins(ImmutableArray<PluginConfiguration> loaded)
    {
        if (!IsList)
            throw ConfigurationError.Of(
                $"cannot add plugins to network {LogText.Text(Name)}: it is a single configuration, not a list"
            );
        if (loaded.IsDefaultOrEmpty)
            return Plugins.IsEmpty ? throw ListReader.Error("no plugin configs found") : this;

        var plugins = ImmutableArray.CreateBuilder<byte[]>(Plugins.Length + loaded.Length);
        foreach (var plugin in Plugins)
            plugins.Add(plugin.Bytes.ToArray());
        foreach (var plugin in loaded)
            plugins.Add(plugin.Bytes.ToArray());
        return WithPluginBytes(plugins.MoveToImmutable());
    }

    private static CniVersion ParseVersion(string text) =>
        CniVersion.TryParse(text, out var version)
            ? version
            : throw ConfigurationError.Of(
                $"error parsing configuration: invalid cniVersion {LogText.Text(text)}: one to three numbers with "
                    + "dots between them are expected"
            );

    private static void Inject(JsonDraft plugin, string deviceId)
    {
        plugin.Set("deviceID", deviceId);
        plugin.Set("pciBusID", deviceId);
    }

    private static string JoinTypes(ImmutableArray<PluginConfiguration> plugins)
    {
        var types = new string[plugins.Length];
        for (var i = 0; i < types.Length; i++)
            types[i] = plugins[i].Type;
        return string.Join(',', types);
    }

    private bool IsMissing(string key) =>
        !_root.TryGetProperty(key, out var value)
        || value.ValueKind == JsonValueKind.Null
        || (value.ValueKind == JsonValueKind.String && value.ValueEquals(""));

    private NetworkConfiguration WithPluginBytes(ImmutableArray<byte[]> plugins) =>
        Rewritten(draft =>
            draft.Set(
                "plugins",
                writer =>
                {
                    writer.WriteStartArray();
                    foreach (var plugin in plugins)
                        // Was parsed; validating again would allow 64 levels only.
                        writer.WriteRawValue(plugin, skipInputValidation: true);
                    writer.WriteEndArray();
                }
            )
        );

    private NetworkConfiguration Rewritten(Action<JsonDraft> change)
    {
        var draft = JsonDraft.From(_root);
        change(draft);
        var bytes = draft.ToBytes();
        if (!IsList)
            return ParseConf(bytes);

        try
        {
            return new NetworkConfiguration(CniJson.Parse(bytes), bytes, mayLackName: true);
        }
        catch (JsonException e)
        {
            throw ListReader.Error(e); // what came in made it too deep or too large
        }
    }
}
