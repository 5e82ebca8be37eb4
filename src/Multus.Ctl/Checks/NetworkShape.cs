using System.Globalization;
using System.Text.Json;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Core.Networks;
using Multus.Ctl.Networks;
using Multus.Engine.Networks;

namespace Multus.Ctl.Checks;

/// <summary>
/// Everything that is wrong with a network's configuration, at once. The parser that an ADD uses stops at the first
/// fault: it has the last word, about what this does not know.
/// </summary>
/// <param name="plugins">The names of the plugins that are on the node; null when that is not known.</param>
internal sealed class NetworkShape(IReadOnlySet<string>? plugins)
{
    private readonly List<Wrong> _faults = [];

    /// <summary>What is wrong with one key.</summary>
    /// <param name="Path">Of the key; of the object in which it is missing; empty for the document.</param>
    internal sealed record Wrong(string Path, string Message, string Hint = "");

    /// <param name="json">Is JSON.</param>
    /// <param name="defaultName">What the network is called when it does not say; empty: it has to.</param>
    public IReadOnlyList<Wrong> FaultsOf(ReadOnlyMemory<byte> json, string defaultName)
    {
        var root = CniJson.Parse(json);
        if (root.ValueKind != JsonValueKind.Object)
            return [new Wrong("", $"must be a JSON object, found {root.ValueKind}", """{"cniVersion": …}""")];

        if (root.TryGetProperty("plugins", out var list) && CniJson.Find(root, "type") is null)
            ReadList(root, list);
        else if (CniJson.Find(root, "type") is null && MeantList(root) is { } meant)
            Add(meant, $"there is no key {meant} in a list of plugins", "did you mean plugins?");
        else
            ReadPlugin(root, "");
        ReadVersion(root);
        ReadByParser(json, defaultName);
        return _faults;
    }

    private static string? MeantList(JsonElement root)
    {
        foreach (var member in root.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Array && KnownPlugins.ListKeyMeantBy(member.Name) == "plugins")
                return member.Name;
        }

        return null;
    }

    private void ReadList(JsonElement root, JsonElement list)
    {
        foreach (var member in root.EnumerateObject())
        {
            if (KnownPlugins.ListKeyMeantBy(member.Name) is { } meant)
                Add(member.Name, $"there is no key {member.Name} in a list of plugins", $"did you mean {meant}?");
        }

        if (list.ValueKind != JsonValueKind.Array)
            return; // the parser says it
        var n = 0;
        foreach (var plugin in list.EnumerateArray())
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"plugins[{n++}]");
            if (plugin.ValueKind == JsonValueKind.Object)
                ReadPlugin(plugin, at);
            else
                Add(at, $"must be the configuration of a plugin, found {plugin.ValueKind}");
        }
    }

    private void ReadPlugin(JsonElement plugin, string at)
    {
        var dot = at.Length == 0 ? "" : at + ".";
        var type = ReadType(plugin, at);
        foreach (var member in plugin.EnumerateObject())
        {
            if (type is not null && KnownPlugins.KeyMeantBy(member.Name, type) is { } meant)
                Add(dot + member.Name, $"plugin {type} has no key {member.Name}", $"did you mean {meant}?");
        }

        if (CniJson.Find(plugin, "capabilities") is { ValueKind: JsonValueKind.Object } capabilities)
        {
            foreach (var capability in capabilities.EnumerateObject())
            {
                if (KnownPlugins.CapabilityMeantBy(capability.Name) is { } meant)
                    Add(
                        $"{dot}capabilities.{capability.Name}",
                        $"there is no capability {capability.Name}",
                        $"did you mean {meant}?"
                    );
            }
        }

        if (CniJson.Find(plugin, "ipam") is { ValueKind: JsonValueKind.Object } ipam)
            ReadIpam(ipam, dot + "ipam");
    }

    private string? ReadType(JsonElement plugin, string at)
    {
        const string key = "type";
        if (CniJson.Find(plugin, key) is not { } found)
        {
            var typo = plugin
                .EnumerateObject()
                .Select(member => member.Name)
                .FirstOrDefault(name => name.Length is > 2 and < 7 && Configuration.Spelling.Distance(name, key) <= 2);
            Add(
                at,
                at.Length == 0 ? "has neither 'type' nor 'plugins'" : "has no 'type', the name of its plugin",
                typo is null ? "" : $"did you mean type instead of {typo}?"
            );
            return null;
        }

        if (found.ValueKind != JsonValueKind.String)
            return null; // the parser says it
        var type = found.GetString()!;
        CheckType(type, at.Length == 0 ? key : $"{at}.{key}");
        return type;
    }

    private void CheckType(string type, string path)
    {
        if (type.Length == 0 || plugins?.Contains(type) == true || KnownPlugins.IsKnown(type))
            return;
        if (KnownPlugins.TypeMeantBy(type, plugins ?? Enumerable.Empty<string>()) is { } meant)
            Add(path, $"there is no plugin {type}", $"did you mean {meant}?");
        else if (plugins is not null)
            Add(path, $"there is no plugin {type} on this node", "install its binary, or name another plugin");
    }

    private void ReadIpam(JsonElement ipam, string at)
    {
        if (CniJson.Find(ipam, "type") is not { ValueKind: JsonValueKind.String } found)
            return; // plugins without addresses have {}
        var type = found.GetString()!;
        CheckType(type, $"{at}.type");
        foreach (var member in ipam.EnumerateObject())
        {
            if (KnownPlugins.IpamKeyMeantBy(member.Name, type) is { } meant)
                Add($"{at}.{member.Name}", $"ipam {type} has no key {member.Name}", $"did you mean {meant}?");
        }

        foreach (var wrong in IpamRanges.Of(ipam).Faults)
            Add($"{at}.{wrong.Path}", wrong.Message, wrong.Hint);
        if (CniJson.Find(ipam, "routes") is { ValueKind: JsonValueKind.Array } routes)
            ReadRoutes(routes, $"{at}.routes");
    }

    private void ReadRoutes(JsonElement routes, string at)
    {
        var n = 0;
        foreach (var route in routes.EnumerateArray())
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"{at}[{n++}]");
            if (
                CniJson.Find(route, "dst") is { ValueKind: JsonValueKind.String } dst
                && AddressRange.ParseCidr(dst.GetString()!) is null
            )
                Add($"{path}.dst", $"\"{dst.GetString()}\" is no destination", "0.0.0.0/0 is one");
            if (
                CniJson.Find(route, "gw") is { ValueKind: JsonValueKind.String } gw
                && AddressRange.ParseAddress(gw.GetString()!) is null
            )
                Add($"{path}.gw", $"\"{gw.GetString()}\" is no address");
        }
    }

    private void ReadVersion(JsonElement root)
    {
        if (
            CniJson.Find(root, "cniVersion") is { ValueKind: JsonValueKind.String } text
            && CniVersion.TryParse(text.GetString(), out var version)
            && !version.IsSupported
        )
            Add(
                "cniVersion",
                $"nobody speaks version {version} of the specification",
                $"those that there are: {string.Join(", ", CniVersion.Supported)}"
            );
    }

    private void ReadByParser(ReadOnlyMemory<byte> json, string defaultName)
    {
        try
        {
            var network = NetworkConfiguration.Parse(json);
            if (defaultName.Length > 0)
                network = network.WithDefaultName(defaultName);
            if (ConfigurationFiles.RunsMultus(network))
                Add("type", "would run Multus again, which never ends", "name the plugin of the network");
            _ = NetworkName.Parse(network.Name);
        }
        catch (CniException e)
        {
            const string prefix = "error parsing configuration: ";
            var text = e.Error.Text.Replace(prefix, "", StringComparison.Ordinal);
            if (_faults.Count == 0 || !IsSaid(text))
                Add("", text);
        }
    }

    // That it has no type was said, and where.
    private bool IsSaid(string text) =>
        _faults.Exists(fault =>
            (text.Contains("'type'", StringComparison.Ordinal) || text.Contains("'plugins'", StringComparison.Ordinal))
            && (
                fault.Message.Contains("'type'", StringComparison.Ordinal)
                || fault.Hint.Contains("plugins", StringComparison.Ordinal)
            )
        );

    private void Add(string path, string message, string hint = "") => _faults.Add(new Wrong(path, message, hint));
}
