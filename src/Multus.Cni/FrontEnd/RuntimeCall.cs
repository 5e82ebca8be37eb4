using System.Text.Json;

namespace Multus.Cni.FrontEnd;

/// <summary>
/// One call of the runtime that is valid in itself: what can be said to be wrong without looking at anything else has
/// been said.
/// </summary>
/// <param name="Command">The verb; not VERSION, which has no configuration.</param>
/// <param name="Sandbox">Default for STATUS and GC, which are about no container.</param>
/// <param name="IfName">As <paramref name="Sandbox"/>.</param>
/// <param name="ConfigVersion">One of the supported ones; results are printed in it.</param>
/// <param name="Config">The configuration, an object.</param>
/// <param name="Stdin">The same as it came.</param>
public sealed record RuntimeCall(
    CniCommand Command,
    SandboxId Sandbox,
    InterfaceName IfName,
    CniVersion ConfigVersion,
    JsonElement Config,
    ReadOnlyMemory<byte> Stdin
)
{
    /// <exception cref="CniException">Code 1, 3, 4, 6 or 7, decided by spec/cni-runtime.md §14.</exception>
    public static RuntimeCall Read(CniCommand command, ReadOnlyMemory<byte> stdin)
    {
        CallEnvironment.RequireFor(command);
        var config = Decode(stdin);
        NetworkName.Parse(Text(config, "name"));

        var isOfOneInterface = command is CniCommand.Add or CniCommand.Check or CniCommand.Del;
        var sandbox = isOfOneInterface ? SandboxId.Parse(CallEnvironment.Get("CNI_CONTAINERID")) : default;
        var ifName = isOfOneInterface ? InterfaceName.Parse(CallEnvironment.Get("CNI_IFNAME")) : default;
        if (isOfOneInterface)
            CniArgs.RequirePassable(CniArgs.Parse(CallEnvironment.Get("CNI_ARGS")));
        var version = Version(Text(config, "cniVersion"));
        Gate(command, version);
        return new(command, sandbox, ifName, version, config, stdin);
    }

    private static JsonElement Decode(ReadOnlyMemory<byte> stdin)
    {
        try
        {
            var config = CniJson.Parse(stdin);
            return config.ValueKind == JsonValueKind.Object
                ? config
                : throw new CniException(CniErrorCode.Decode, "the CNI configuration on stdin is not a JSON object");
        }
        catch (JsonException malformed)
        {
            throw new CniException(
                new CniError(
                    CniErrorCode.Decode,
                    $"the CNI configuration on stdin is not JSON: {JsonFault.Describe(stdin.Span, malformed)}"
                ),
                malformed
            );
        }
    }

    private static string Text(JsonElement config, string key)
    {
        if (CniJson.Find(config, key) is not { } value)
            return "";
        return value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new CniException(
                CniErrorCode.Decode,
                $"\"{key}\" in the CNI configuration on stdin is not a string"
            );
    }

    // The text itself must be one of the list: 1.1.5 is not 1.1.0, and neither is 1.1.
    private static CniVersion Version(string text)
    {
        if (text.Length == 0)
            return CniVersion.V010;
        var version = CniVersion.Parse(text);
        if (version.IsSupported && version.ToString() == text)
            return version;
        throw new CniException(
            CniErrorCode.IncompatibleVersion,
            "incompatible CNI versions",
            $"config is \"{text}\", plugin supports [{About.Joined("\"", " ")}]"
        );
    }

    private static void Gate(CniCommand command, CniVersion version)
    {
        var since = command switch
        {
            CniCommand.Check => CniVersion.V040,
            CniCommand.Gc or CniCommand.Status => CniVersion.V110,
            _ => CniVersion.V010,
        };
        if (version < since)
            throw new CniException(
                CniErrorCode.IncompatibleVersion,
                $"config version does not allow {command.ToWire()}",
                $"config is {version}, {command.ToWire()} needs {since}"
            );
    }
}
