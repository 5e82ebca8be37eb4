using System.Text.Json.Nodes;

namespace Multus.Engine.Installation;

/// <summary>A configuration with another cniVersion (wire-and-daemon.md §9.2, forceCNIVersion).</summary>
internal static class ForcedVersion
{
    /// <param name="json">An object.</param>
    /// <param name="version">Takes the place of its cniVersion.</param>
    public static byte[] Of(ReadOnlyMemory<byte> json, string version)
    {
        var root = JsonNode.Parse(json.Span)!.AsObject();
        root["cniVersion"] = JsonValue.Create(version);
        return System.Text.Encoding.UTF8.GetBytes(root.ToJsonString());
    }
}
