using System.Text.Json;
using Multus.Cni.Json;

namespace Multus.Cni;

/// <summary>
/// The error object of the specification: what a plugin prints and what a runtime is told (cni-runtime.md §9).
/// </summary>
/// <param name="Code">One of <see cref="CniErrorCode"/>, 100 and above for a plugin's own, 0 when a plugin gave
/// none.</param>
/// <param name="Message">What was tried, on what, what was found. One line when it comes from here; a plugin's words
/// are kept as they are.</param>
/// <param name="Details">More of the same, or null.</param>
public sealed record CniError(uint Code, string Message, string? Details = null)
{
    /// <summary>"message" or "message; details", the form of a log line.</summary>
    public string Text => string.IsNullOrEmpty(Details) ? Message : $"{Message}; {Details}";

    /// <summary>The object with <c>code</c>, <c>msg</c> and, if there are any, <c>details</c>.</summary>
    public byte[] ToJson(bool indented = false) => CniJson.Write(WriteTo, indented);

    /// <summary>
    /// Says whether the document is an error object: <c>code</c> or <c>msg</c> is there and no member has a wrong type.
    /// </summary>
    public static bool TryParse(ReadOnlyMemory<byte> json, out CniError error)
    {
        error = new CniError(0, "");
        try
        {
            var root = CniJson.Parse(json);
            if (root.ValueKind != JsonValueKind.Object || !NamesAnError(root))
                return false;

            error = Read(root);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>
    /// The same error with words of the caller before the message; code and details stay recoverable.
    /// </summary>
    public CniError Prefixed(string prefix) => this with { Message = prefix + LogText.OneLine(Message) };

    /// <exception cref="JsonException">A member has a wrong type.</exception>
    internal static CniError Read(JsonElement root) =>
        new(
            JsonShape.UInt32(root, "code", ""),
            JsonShape.Text(root, "msg", "") ?? "",
            JsonShape.Text(root, "details", "") is { Length: > 0 } details ? details : null
        );

    private static bool NamesAnError(JsonElement root) =>
        CniJson.TryGetIgnoringCase(root, "code", out _) || CniJson.TryGetIgnoringCase(root, "msg", out _);

    private void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("code", Code);
        writer.WriteString("msg", Message);
        if (!string.IsNullOrEmpty(Details))
            writer.WriteString("details", Details);
        writer.WriteEndObject();
    }
}
