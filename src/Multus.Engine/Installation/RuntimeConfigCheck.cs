using System.Text.Json;
using Multus.Cni;
using Multus.Cni.Configurations;

namespace Multus.Engine.Installation;

/// <summary>Whether a container runtime can read a configuration: a broken one takes the whole node down.</summary>
internal static class RuntimeConfigCheck
{
    /// <returns>Null: it can.</returns>
    public static string? Problem(ReadOnlyMemory<byte> content)
    {
        try
        {
            var root = CniJson.Parse(content);
            var isList = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("plugins", out _);
            _ = isList ? NetworkConfiguration.ParseList(content) : NetworkConfiguration.ParseConf(content);
            return null;
        }
        catch (JsonException e)
        {
            return $"it is not JSON: {e.Message}";
        }
        catch (CniException e)
        {
            return e.Error.Text;
        }
    }
}
