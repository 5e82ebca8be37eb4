using System.Text.Json;

namespace Multus.Kubernetes.Api.Claims;

/// <summary>Reading of objects whose members may all be missing: what is not there, or of another type, is empty.</summary>
internal static class ObjectJson
{
    public static JsonElement Member(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : default;

    public static JsonElement.ArrayEnumerator Elements(this JsonElement element) => element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : default;

    /// <summary><c>null</c> also when it is empty.</summary>
    public static string? Text(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.String } text && text.GetString() is { Length: > 0 } value ? value : null;
}
