using System.Collections.Immutable;
using System.Text.Json;
using Multus.Cni;

namespace Multus.Wire;

internal static class CniRequestReader
{
    public static CniRequestBody Read(JsonElement root)
    {
        var body = new CniRequestBody(ReadEnv(CniJson.Find(root, "env")), default);
        var command = CniCommands.TryParse(body.Variable("CNI_COMMAND"), out var known) ? known : CniCommand.Add;
        return body with
        {
            Config = ReadConfig(CniJson.Find(root, "config"), WireLimits.MaxConfigBytesOf(command)),
            InterfaceAttributes = ReadAttributes(CniJson.Find(root, "interfaceAttributes")),
        };
    }

    private static ImmutableArray<KeyValuePair<string, string>> ReadEnv(JsonElement? env)
    {
        if (env is not { } variables)
            return [];
        if (variables.ValueKind != JsonValueKind.Object)
            throw WireJson.Unexpected("env", "an object of strings", variables.ValueKind);

        var found = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var property in variables.EnumerateObject())
        {
            var name = property.Name;
            var variable = new KeyValuePair<string, string>(name, WireJson.Text(property.Value, $"env.{name}"));
            if (places.TryAdd(name, found.Count))
                found.Add(variable);
            else
                found[places[name]] = variable; // the last of several wins (spec/cni-runtime.md §1)
        }

        return found.ToImmutable();
    }

    private static ReadOnlyMemory<byte> ReadConfig(JsonElement? config, int most)
    {
        if (config is not { } encoded)
            return default;
        if (encoded.ValueKind != JsonValueKind.String)
            throw WireJson.Unexpected("config", "a string of base64", encoded.ValueKind);
        if (!encoded.TryGetBytesFromBase64(out var bytes))
            throw new WireFormatException("\"config\" is not base64");
        if (bytes.Length > most)
            throw new WireFormatException($"\"config\" is {bytes.Length} bytes long: at most {most} are taken");
        return bytes;
    }

    private static InterfaceAttributes? ReadAttributes(JsonElement? attributes)
    {
        if (attributes is not { } found)
            return null;
        if (found.ValueKind != JsonValueKind.Object)
            throw WireJson.Unexpected("interfaceAttributes", "an object", found.ValueKind);

        var mac = CniJson.Find(found, "mac") is { } address ? WireJson.Text(address, "interfaceAttributes.mac") : "";
        return new(
            ReadIps(CniJson.Find(found, "ips")),
            mac.Length == 0 ? null : mac,
            ReadCniArgs(CniJson.Find(found, "cni-args"))
        );
    }

    private static ImmutableArray<string> ReadIps(JsonElement? ips)
    {
        if (ips is not { } list)
            return [];
        if (list.ValueKind != JsonValueKind.Array)
            throw WireJson.Unexpected("interfaceAttributes.ips", "an array of strings", list.ValueKind);

        var found = ImmutableArray.CreateBuilder<string>(list.GetArrayLength());
        foreach (var ip in list.EnumerateArray())
            found.Add(WireJson.Text(ip, "interfaceAttributes.ips[]"));
        return found.MoveToImmutable();
    }

    private static JsonElement? ReadCniArgs(JsonElement? args)
    {
        if (args is not { } found)
            return null;
        if (found.ValueKind != JsonValueKind.Object)
            throw WireJson.Unexpected("interfaceAttributes.cni-args", "an object", found.ValueKind);
        return found;
    }
}
