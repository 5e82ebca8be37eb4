using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Multus.Cni.Json;

namespace Multus.Cni.Runtime;

/// <summary>
/// The files of the result cache, in upstream's format so that either can delete what the other made (cni-runtime.md
/// §11).
/// </summary>
public static class CachedAttachmentCodec
{
    private const int LongestFileName = 255; // bytes, NAME_MAX

    /// <summary>Whether such a file can be: see <see cref="FileName"/>.</summary>
    public static bool IsFileName(string network, string container, string ifName) =>
        Objection(network, container, ifName) is null;

    /// <summary>The name of the file below <c>results/</c>.</summary>
    /// <exception cref="CniException">Code 7: a part is empty, or would lead out of the folder, or all of them together
    /// are longer than a file's name may be.</exception>
    public static string FileName(string network, string container, string ifName) =>
        Objection(network, container, ifName) is { } objection
            ? throw new CniException(objection)
            : Join(network, container, ifName);

    private static CniError? Objection(string network, string container, string ifName)
    {
        if (string.IsNullOrEmpty(network) || string.IsNullOrEmpty(container) || string.IsNullOrEmpty(ifName))
        {
            return new CniError(
                CniErrorCode.InvalidNetworkConfig,
                $"cache file path requires network name ({LogText.Text(network)}), container ID "
                    + $"({LogText.Text(container)}), and interface name ({LogText.Text(ifName)})"
            );
        }

        var name = Join(network, container, ifName);
        if (name.AsSpan().ContainsAny('/', '\0'))
            return new CniError(
                CniErrorCode.InvalidNetworkConfig,
                $"cache file name {LogText.Text(name)} is no file name: no part of it may hold a slash or a zero"
            );

        var length = Encoding.UTF8.GetByteCount(name);
        return length <= LongestFileName
            ? null
            : new CniError(
                CniErrorCode.InvalidNetworkConfig,
                $"network name {ErrorLine.Cut(network, ErrorLine.MaxName)} is too long: "
                    + $"{Encoding.UTF8.GetByteCount(network)} bytes, at most "
                    + $"{LongestFileName - (length - Encoding.UTF8.GetByteCount(network))} for this container ID "
                    + "and interface",
                "what is remembered of an attachment is a file network-container-interface, whose name has "
                    + $"{LongestFileName} bytes at most"
            );
    }

    private static string Join(string network, string container, string ifName) => $"{network}-{container}-{ifName}";

    /// <summary>The file's content; members in upstream's order, empty ones left out as upstream does.</summary>
    public static byte[] Write(CachedAttachment attachment)
    {
        ArgumentNullException.ThrowIfNull(attachment);
        return CniJson.Write(writer => WriteTo(writer, attachment));
    }

    /// <summary>Reads a file's content. Never fails: what cannot be used comes back with the reason.</summary>
    public static CachedAttachment Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            var root = CniJson.Parse(json);
            JsonShape.RequireObject(root, "the entry");
            return JsonShape.IsText(root, "kind", CachedAttachment.CurrentKind)
                ? ReadCurrent(root)
                : CachedAttachment.OfBareResult(json);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return CachedAttachment.OfDamage(LogText.OneLine(e.Message));
        }
    }

    private static void WriteTo(Utf8JsonWriter writer, CachedAttachment a)
    {
        writer.WriteStartObject();
        writer.WriteString("kind", CachedAttachment.CurrentKind);
        writer.WriteString("containerId", a.ContainerId);
        writer.WriteString("config", Convert.ToBase64String(a.Config.Span));
        writer.WriteString("ifName", a.IfName);
        writer.WriteString("networkName", a.NetworkName);
        if (a.NetNs.Length > 0)
            writer.WriteString("netns", a.NetNs);
        WriteArgs(writer, a.CniArgs);
        if (!a.CapabilityArgs.IsDefaultOrEmpty)
        {
            writer.WritePropertyName("capabilityArgs");
            JsonDraft.From(a.CapabilityArgs).WriteTo(writer);
        }

        if (!a.Result.IsEmpty)
        {
            writer.WritePropertyName("result");
            CniJson.WriteSorted(writer, CniJson.Parse(a.Result));
        }

        writer.WriteEndObject();
    }

    private static void WriteArgs(Utf8JsonWriter writer, ImmutableArray<KeyValuePair<string, string>> args)
    {
        if (args.IsDefaultOrEmpty)
            return;

        writer.WriteStartArray("cniArgs");
        foreach (var (key, value) in args)
        {
            writer.WriteStartArray();
            writer.WriteStringValue(key);
            writer.WriteStringValue(value);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    private static CachedAttachment ReadCurrent(JsonElement root) =>
        new(
            CachedAttachment.CurrentKind,
            JsonShape.Text(root, "networkName", "") ?? "",
            JsonShape.Text(root, "containerId", "") ?? "",
            JsonShape.Text(root, "ifName", "") ?? "",
            JsonShape.Text(root, "netns", "") ?? "",
            Convert.FromBase64String(JsonShape.Text(root, "config", "") ?? ""),
            ReadArgs(root),
            ReadCapabilityArgs(root),
            JsonShape.TryObject(root, "result", "", out var result)
                ? JsonDraft.From(result).ToBytes()
                : default(ReadOnlyMemory<byte>)
        );

    private static ImmutableArray<KeyValuePair<string, string>> ReadArgs(JsonElement root)
    {
        if (!JsonShape.TryArray(root, "cniArgs", "", out var array))
            return [];

        var args = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>(array.GetArrayLength());
        foreach (var pair in array.EnumerateArray())
        {
            if (
                pair.ValueKind != JsonValueKind.Array
                || pair.GetArrayLength() != 2
                || pair[0].ValueKind != JsonValueKind.String
                || pair[1].ValueKind != JsonValueKind.String
            )
                throw new JsonException($"cniArgs[{args.Count}] must be an array of two strings");

            args.Add(new(pair[0].GetString()!, pair[1].GetString()!));
        }

        return args.MoveToImmutable();
    }

    private static ImmutableArray<KeyValuePair<string, JsonElement>> ReadCapabilityArgs(JsonElement root)
    {
        if (!JsonShape.TryObject(root, "capabilityArgs", "", out var o))
            return [];

        var args = ImmutableArray.CreateBuilder<KeyValuePair<string, JsonElement>>();
        foreach (var member in o.EnumerateObject())
            args.Add(new(member.Name, member.Value));
        return args.DrainToImmutable();
    }
}
