using System.Text.Json.Serialization;
using k8s;
using k8s.Models;

namespace Multus.ReferenceClient;

/// <summary>The custom resource, as a user of the library writes it down.</summary>
internal sealed class NetworkDefinition : IKubernetesObject<V1ObjectMeta>
{
    public const string Group = "k8s.cni.cncf.io";
    public const string Version = "v1";
    public const string Plural = "network-attachment-definitions";

    [JsonPropertyName("apiVersion")]
    public string ApiVersion { get; set; } = $"{Group}/{Version}";

    [JsonPropertyName("kind")]
    public string Kind { get; set; } = "NetworkAttachmentDefinition";

    [JsonPropertyName("metadata")]
    public V1ObjectMeta Metadata { get; set; } = new();

    [JsonPropertyName("spec")]
    public NetworkDefinitionSpec Spec { get; set; } = new();
}

internal sealed class NetworkDefinitionSpec
{
    [JsonPropertyName("config")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Config { get; set; }
}

internal sealed class NetworkDefinitionList : IKubernetesObject<V1ListMeta>
{
    [JsonPropertyName("apiVersion")]
    public string ApiVersion { get; set; } = "";

    [JsonPropertyName("kind")]
    public string Kind { get; set; } = "";

    [JsonPropertyName("metadata")]
    public V1ListMeta Metadata { get; set; } = new();

    [JsonPropertyName("items")]
    public IList<NetworkDefinition> Items { get; set; } = [];
}
