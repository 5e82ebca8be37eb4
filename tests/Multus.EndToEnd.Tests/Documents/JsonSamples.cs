using System.Text.Json;

namespace Multus.EndToEnd.Tests.Documents;

/// <summary>JSON that documents show: it parses, and a configuration has no key that the reference does not have.</summary>
internal static class JsonSamples
{
    private static readonly string[] OfTheRuntime = ["type", "capabilities"];

    private static readonly IReadOnlyList<string> Known =
    [
        .. Page.KeysOf("docs/reference/configuration.md").Concat(OfTheRuntime),
    ];

    public static void AssertValid(string json, string where)
    {
        using var document = JsonDocument.Parse(json);
        if (!document.RootElement.TryGetProperty("clusterNetwork", out _))
            return;

        Assert.All(
            document.RootElement.EnumerateObject(),
            key => Assert.True(Known.Contains(key.Name), $"{where}: the reference has no {key.Name}")
        );
    }
}
