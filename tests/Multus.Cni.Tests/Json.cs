using System.Text;
using System.Text.Json;

namespace Multus.Cni.Tests;

/// <summary>Text to bytes and back, to keep the tables readable.</summary>
internal static class Json
{
    public static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    public static JsonElement Element(string text) => CniJson.Parse(Bytes(text));
}
