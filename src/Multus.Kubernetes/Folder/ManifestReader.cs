using System.Collections.Immutable;
using Multus.Core.Networks;
using Multus.Core.Pods;

namespace Multus.Kubernetes.Folder;

/// <summary>From a file's text to the objects that we use. All of a file counts, or none of it.</summary>
internal sealed class ManifestReader
{
    private static readonly string[] Templates =
        ["Deployment", "DaemonSet", "StatefulSet", "ReplicaSet", "ReplicationController", "Job", "CronJob", "PodTemplate"];

    private readonly ImmutableArray<ManifestObject<Pod>>.Builder _pods = ImmutableArray.CreateBuilder<ManifestObject<Pod>>();

    private readonly ImmutableArray<ManifestObject<NetworkAttachmentDefinition>>.Builder _networks =
        ImmutableArray.CreateBuilder<ManifestObject<NetworkAttachmentDefinition>>();

    private readonly ImmutableArray<SkippedObject>.Builder _skipped = ImmutableArray.CreateBuilder<SkippedObject>();

    /// <exception cref="ManifestException">The file is malformed, or an object in it that we use is.</exception>
    public static ManifestContent Read(string fileName, string text)
    {
        var reader = new ManifestReader();
        var documents = fileName.EndsWith(".json", StringComparison.Ordinal) ? [JsonManifest.Parse(text)] : YamlDocuments.Parse(text);
        foreach (var document in documents)
            reader.Add(ManifestFields.Of(document, "the document"));
        return new ManifestContent(reader._pods.ToImmutable(), reader._networks.ToImmutable(), reader._skipped.ToImmutable());
    }

    private void Add(ManifestFields fields)
    {
        var apiVersion = fields.RequiredText("apiVersion");
        var kind = fields.RequiredText("kind");
        switch (apiVersion, kind)
        {
            case ("v1", "Pod"):
                _pods.Add(new(PodOf(fields), fields.Line));
                break;
            case ("k8s.cni.cncf.io/v1", "NetworkAttachmentDefinition"):
                _networks.Add(new(NetworkOf(fields), fields.Line));
                break;
            case ("v1", "List") or ("v1", "PodList") or ("k8s.cni.cncf.io/v1", "NetworkAttachmentDefinitionList"):
                foreach (var item in fields.Items("items"))
                    Add(ManifestFields.Of(item, "the list's item"));
                break;
            default:
                _skipped.Add(new SkippedObject($"{kind} ({apiVersion})", fields.Line, Templates.Contains(kind)));
                break;
        }
    }

    private static Pod PodOf(ManifestFields fields)
    {
        var metadata = fields.Map("metadata");
        var (ns, name) = PlaceOf(metadata);
        return new Pod(new PodKey(ns, name), metadata.Text("uid"), metadata.Texts("annotations"));
    }

    private static NetworkAttachmentDefinition NetworkOf(ManifestFields fields)
    {
        var metadata = fields.Map("metadata");
        var (ns, name) = PlaceOf(metadata);
        var config = fields.OptionalMap("spec")?.Text("config") ?? "";
        return new NetworkAttachmentDefinition(new NetworkKey(ns, name), config, metadata.Texts("annotations"));
    }

    private static (string Namespace, string Name) PlaceOf(ManifestFields metadata)
    {
        var name = metadata.RequiredText("name");
        var ns = metadata.Text("namespace") ?? "default";
        if (!KubernetesNames.IsSubdomain(name))
            throw metadata.Invalid("name", $"is \"{name}\", must be lower-case letters, digits, '-' and '.'");
        return KubernetesNames.IsLabel(ns) ? (ns, name)
            : throw metadata.Invalid("namespace", $"is \"{ns}\", must be lower-case letters, digits and '-'");
    }
}
