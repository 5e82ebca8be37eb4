using System.Text.Json;
using Multus.Cni.Json;

namespace Multus.Cni.Configurations;

/// <summary>
/// The configuration of one plugin: the few members that a runtime understands, beside the bytes that the plugin gets
/// (cni-runtime.md §2).
/// </summary>
public sealed class PluginConfiguration
{
    private const string ValidAttachments = "cni.dev/valid-attachments";

    private PluginConfiguration(ReadOnlyMemory<byte> bytes, JsonElement root)
    {
        Bytes = bytes;
        Root = root;
        Name = JsonShape.Text(root, "name", "") ?? "";
        CniVersion = JsonShape.Text(root, "cniVersion", "") ?? "";
        Type = JsonShape.Text(root, "type", "") ?? "";
        Capabilities = ReadCapabilities(root);
        IpamType = JsonShape.TryObject(root, "ipam", "", out var ipam)
            ? JsonShape.Text(ipam, "type", "ipam.") ?? ""
            : "";
        CheckUnusedMembers(root);
    }

    /// <summary>The object as configured; everything that is injected later starts from it.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Empty when there is none, as usual inside a list.</summary>
    public string Name { get; }

    /// <summary>As written and unchecked: inside a list it never counts.</summary>
    public string CniVersion { get; }

    /// <summary>The name of the plugin's binary, never empty.</summary>
    public string Type { get; }

    /// <summary>What the plugin says it takes as runtimeConfig; false means that it does not.</summary>
    public IReadOnlyDictionary<string, bool> Capabilities { get; }

    /// <summary>Empty when the plugin delegates no addresses.</summary>
    public string IpamType { get; }

    internal JsonElement Root { get; }

    /// <exception cref="CniException">Code 7: no JSON object, a member of a wrong type, or no <c>type</c>.</exception>
    public static PluginConfiguration Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            var plugin = Read(json, CniJson.Parse(json));
            return plugin.Type.Length > 0
                ? plugin
                : throw ConfigurationError.Of("error parsing configuration: missing 'type'");
        }
        catch (JsonException e)
        {
            throw ConfigurationError.Of("error parsing configuration: ", e);
        }
    }

    /// <summary>
    /// As <see cref="Parse"/> for an object that may turn out to be no plugin: <see cref="Type"/> may be empty.
    /// </summary>
    /// <exception cref="JsonException">No object, or a member of a wrong type.</exception>
    internal static PluginConfiguration Read(ReadOnlyMemory<byte> bytes, JsonElement root)
    {
        JsonShape.RequireObject(root, "a configuration");
        return new PluginConfiguration(bytes, root);
    }

    private static Dictionary<string, bool> ReadCapabilities(JsonElement root)
    {
        var read = new Dictionary<string, bool>(StringComparer.Ordinal);
        if (!JsonShape.TryObject(root, "capabilities", "", out var capabilities))
            return read;

        foreach (var member in capabilities.EnumerateObject())
        {
            read[member.Name] = member.Value.ValueKind switch
            {
                JsonValueKind.True => true,
                JsonValueKind.False or JsonValueKind.Null => false,
                _ => throw JsonShape.Mismatch(
                    "capabilities." + LogText.OneLine(member.Name),
                    "true or false",
                    member.Value
                ),
            };
        }

        return read;
    }

    /// <summary>
    /// Upstream models these members too, so a wrong type in one of them is an error although nothing here reads it
    /// (§1).
    /// </summary>
    private static void CheckUnusedMembers(JsonElement root)
    {
        if (JsonShape.TryObject(root, "dns", "", out var dns))
        {
            _ = JsonShape.Texts(dns, "nameservers", "dns.");
            _ = JsonShape.Text(dns, "domain", "dns.");
            _ = JsonShape.Texts(dns, "search", "dns.");
            _ = JsonShape.Texts(dns, "options", "dns.");
        }

        _ = JsonShape.TryObject(root, "prevResult", "", out _);
        if (!JsonShape.TryArray(root, ValidAttachments, "", out var attachments))
            return;

        foreach (var attachment in attachments.EnumerateArray())
        {
            JsonShape.RequireObject(attachment, ValidAttachments + "[]");
            _ = JsonShape.Text(attachment, "containerID", ValidAttachments + "[].");
            _ = JsonShape.Text(attachment, "ifname", ValidAttachments + "[].");
        }
    }
}
