using System.Text.Json;
using Multus.Cni.Results;

namespace Multus.Cni.Runtime;

/// <summary>
/// Plugins that need no process and no binary: <c>passthru</c>, the neutral head of a chain (wire-and-daemon.md §15).
/// It makes nothing, so it succeeds at everything; ADD gives a result without anything in it. Pure.
/// </summary>
public static class BuiltInPlugins
{
    public const string Passthru = "passthru";

    public static bool Has(string type) => type == Passthru;

    /// <summary>How the plugin ends, <c>null</c> when it is none of these and has to be run.</summary>
    public static PluginOutput? Answer(PluginCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (!Has(call.PluginType))
            return null;
        if (!TryReadVersion(call.Stdin, out var version))
            return new PluginOutput.Failed(
                new CniError(
                    CniErrorCode.Decode,
                    "passthru cni: its configuration is no JSON object with a valid cniVersion"
                )
            );
        if (version < CniVersion.V030 || !version.IsSupported)
        {
            return new PluginOutput.Failed(
                new CniError(
                    CniErrorCode.IncompatibleVersion,
                    $"passthru cni: cniVersion \"{version}\" is not supported",
                    $"supported: {CniVersion.V030} to {CniVersion.Latest}"
                )
            );
        }

        return new PluginOutput.Succeeded(call.Command == CniCommand.Add ? CniResult.Empty(version).ToJson() : default);
    }

    private static bool TryReadVersion(ReadOnlyMemory<byte> stdin, out CniVersion version)
    {
        version = default;
        try
        {
            var root = CniJson.Parse(stdin);
            var text =
                root.ValueKind == JsonValueKind.Object
                && CniJson.TryGetIgnoringCase(root, "cniVersion", out var said)
                && said.ValueKind == JsonValueKind.String
                    ? said.GetString()
                    : null;
            return text is not null && CniVersion.TryParse(text, out version);
        }
        catch (JsonException)
        {
            return false; // the caller says so
        }
    }
}
