using System.Collections.Immutable;
using Multus.Core.Networks;
using Multus.Core.Pods;

namespace Multus.Kubernetes.Folder;

/// <summary>
/// From a file's text to the objects that we use. What is wrong with one document is said of it, and the others count:
/// a pod must get all that it asks for, or nothing.
/// </summary>
internal sealed class ManifestReader
{
    public const string PodKind = "Pod";
    public const string NetworkKind = "NetworkAttachmentDefinition";
    private const string DefaultNamespace = "default";
    private const string PodVersion = "v1";
    private const string NetworkVersion = "k8s.cni.cncf.io/v1";

    private static readonly string[] Templates =
    [
        "Deployment",
        "DaemonSet",
        "StatefulSet",
        "ReplicaSet",
        "ReplicationController",
        "Job",
        "CronJob",
        "PodTemplate",
    ];

    private readonly ImmutableArray<ManifestObject<Pod>>.Builder _pods = ImmutableArray.CreateBuilder<
        ManifestObject<Pod>
    >();

    private readonly ImmutableArray<ManifestObject<NetworkAttachmentDefinition>>.Builder _networks =
        ImmutableArray.CreateBuilder<ManifestObject<NetworkAttachmentDefinition>>();

    private readonly ImmutableArray<SkippedObject>.Builder _skipped = ImmutableArray.CreateBuilder<SkippedObject>();
    private readonly ImmutableArray<ManifestFault>.Builder _faults = ImmutableArray.CreateBuilder<ManifestFault>();
    private readonly string _file;

    private ManifestReader(string file) => _file = file;

    public static ManifestContent Read(string fileName, string text)
    {
        var reader = new ManifestReader(fileName);
        if (fileName.EndsWith(".json", StringComparison.Ordinal))
            reader.ReadJson(text);
        else
            reader.ReadYaml(text);
        return new ManifestContent(
            reader._pods.ToImmutable(),
            reader._networks.ToImmutable(),
            reader._skipped.ToImmutable(),
            reader._faults.ToImmutable()
        );
    }

    private void ReadJson(string text)
    {
        try
        {
            AddIfGood(JsonManifest.Parse(text), "the document");
        }
        catch (ManifestException bad)
        {
            AddFault(bad);
        }
    }

    private void ReadYaml(string text)
    {
        var (documents, faults) = ManifestDocuments.Parse(text);
        foreach (var document in documents)
            AddIfGood(document, "the document");
        foreach (var bad in faults)
            AddFault(bad);
    }

    private void AddIfGood(ManifestNode node, string what)
    {
        try
        {
            Add(ManifestFields.Of(node, what));
        }
        catch (ManifestException bad)
        {
            var (kind, ns, name) = SubjectOf(node);
            AddFault(bad, kind, ns, name);
        }
    }

    private void AddFault(ManifestException bad, string? kind = null, string? ns = null, string? name = null) =>
        _faults.Add(new ManifestFault(_file, bad.Line, bad.Message, kind, ns, name, bad.IsFinal));

    /// <summary>What a faulty object would be if it were mended, as far as that can be read.</summary>
    private static (string? Kind, string? Namespace, string? Name) SubjectOf(ManifestNode node)
    {
        var root = node as ManifestNode.Map;
        var kind = TextIn(root, "kind") is PodKind or NetworkKind ? TextIn(root, "kind") : null;
        if (root?.Members.GetValueOrDefault("metadata") is not ManifestNode.Map metadata)
            return (kind, null, null);
        var name = TextIn(metadata, "name") is { } found && KubernetesNames.IsSubdomain(found) ? found : null;
        var ns = metadata.Members.GetValueOrDefault("namespace") switch
        {
            null or ManifestNode.Null => DefaultNamespace,
            ManifestNode.Text { Value: "" } => DefaultNamespace,
            ManifestNode.Text text when KubernetesNames.IsLabel(text.Value) => text.Value,
            _ => null,
        };
        return (kind, ns, name);
    }

    private static string? TextIn(ManifestNode.Map? map, string key) =>
        (map?.Members.GetValueOrDefault(key) as ManifestNode.Text)?.Value;

    private void Add(ManifestFields fields)
    {
        var apiVersion = fields.RequiredText("apiVersion");
        var kind = fields.RequiredText("kind");
        switch (apiVersion, kind)
        {
            case (PodVersion, PodKind):
                _pods.Add(new(PodOf(fields), fields.Line));
                break;
            case (NetworkVersion, NetworkKind):
                _networks.Add(new(NetworkOf(fields), fields.Line));
                break;
            case (PodVersion, "List" or "PodList") or (NetworkVersion, "NetworkAttachmentDefinitionList"):
                foreach (var item in fields.Items("items"))
                    AddIfGood(item, "the list's item");
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
        var key = new PodKey(ns, name);
        if (StatusFiles.NameProblem(key) is { } problem)
            throw metadata.Refused("name", problem);
        return new Pod(key, metadata.Text("uid"), metadata.Texts("annotations"));
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
        var ns = metadata.Text("namespace") ?? DefaultNamespace;
        if (!KubernetesNames.IsSubdomain(name))
            throw metadata.Invalid("name", $"is \"{name}\", must be lower-case letters, digits, '-' and '.'");
        return KubernetesNames.IsLabel(ns)
            ? (ns, name)
            : throw metadata.Invalid("namespace", $"is \"{ns}\", must be lower-case letters, digits and '-'");
    }
}
