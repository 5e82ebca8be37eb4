namespace Multus.Host.Metrics;

/// <summary>Labels as OpenTelemetry has them.</summary>
internal static class Tags
{
    public static KeyValuePair<string, object?>[] Of(string[] names, string[] values)
    {
        var tags = new KeyValuePair<string, object?>[names.Length];
        for (var i = 0; i < names.Length; i++)
            tags[i] = new(names[i], values[i]);
        return tags;
    }
}
