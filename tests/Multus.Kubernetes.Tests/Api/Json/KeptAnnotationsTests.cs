using System.Reflection;
using System.Text;
using Multus.Core.Networks;
using Multus.Core.Pods;
using Multus.Core.Status;
using Multus.Kubernetes.Api.Resources;

namespace Multus.Kubernetes.Tests.Api.Json;

public sealed class KeptAnnotationsTests
{
    /// <summary>
    /// An annotation that the client does not keep is one that nobody has written, on an API server and nowhere else.
    /// </summary>
    [Fact]
    public async Task Every_annotation_that_anything_decides_by_is_kept_of_pods_and_networks()
    {
        string[] deciding =
        [
            .. typeof(Pod)
                .Assembly.GetTypes()
                .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static))
                .Where(field => field.IsLiteral && field.Name.EndsWith("Annotation", StringComparison.Ordinal))
                .Select(field => (string)field.GetRawConstantValue()!)
                .Concat([Dialect.Tke.NetworksAnnotation])
                .Except([NetworkStatus.Annotation]), // written, never read
        ];
        Assert.Contains(NetworkAttachmentDefinition.AttachModeAnnotation, deciding);
        var annotations = string.Join(',', deciding.Select(key => $"\"{key}\":\"value of {key}\""));
        var body = Encoding.UTF8.GetBytes(
            $$$"""{"metadata":{"name":"a","namespace":"b","annotations":{{{{annotations}}},"other":"x"}},"spec":{"config":"{}"}}"""
        );

        var pod = await SingleObject<Pod>.ReadAsync(new MemoryStream(body), ApiResources.PodsOf(null).Decode, default);
        var network = await SingleObject<NetworkAttachmentDefinition>.ReadAsync(
            new MemoryStream(body),
            ApiResources.Networks.Decode,
            default
        );

        Assert.Equal(deciding.Order(StringComparer.Ordinal), pod.Annotations.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(deciding.Order(StringComparer.Ordinal), network.Annotations.Keys.Order(StringComparer.Ordinal));
        Assert.All(network.Annotations, pair => Assert.Equal($"value of {pair.Key}", pair.Value));
    }
}
