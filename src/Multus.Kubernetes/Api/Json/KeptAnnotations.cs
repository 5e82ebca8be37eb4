using System.Text;
using System.Text.Json;
using Multus.Core.Networks;
using Multus.Core.Pods;

namespace Multus.Kubernetes.Api.Json;

/// <summary>
/// The annotations that decide anything here. Others, first of all what kubectl last applied and the network-status
/// that we write ourselves, are most of an object's metadata, on every node.
/// </summary>
internal static class KeptAnnotations
{
    private static readonly (byte[] Utf8, string Key)[] Keys = Array.ConvertAll(
        KeysIn(Dialect.Multus)
            .Concat(KeysIn(Dialect.Tke))
            .Concat([
                NetworkAttachmentDefinition.ResourceNameAnnotation,
                NetworkAttachmentDefinition.AttachModeAnnotation,
            ])
            .Concat([Pod.SourceAnnotation, Pod.MirrorAnnotation])
            .Distinct()
            .ToArray(),
        key => (Encoding.UTF8.GetBytes(key), key)
    );

    /// <summary>The key at the reader's position as a shared string, <c>null</c> when it is not kept.</summary>
    public static string? Find(ref Utf8JsonReader reader)
    {
        foreach (var (utf8, key) in Keys)
        {
            if (reader.ValueTextEquals(utf8))
                return key;
        }

        return null;
    }

    private static IEnumerable<string> KeysIn(Dialect dialect) =>
        dialect.DefaultNetworkAnnotation is { } key ? [dialect.NetworksAnnotation, key] : [dialect.NetworksAnnotation];
}
