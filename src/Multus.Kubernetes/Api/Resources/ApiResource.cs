using System.Collections.Immutable;
using Multus.Core.Networks;
using Multus.Core.Pods;
using Multus.Kubernetes.Api.Json;
using Multus.Kubernetes.Api.Transport;

namespace Multus.Kubernetes.Api.Resources;

/// <summary>One kind of object: where the server has it, and what we make of it.</summary>
/// <param name="Name">As in a Role, for messages: "network-attachment-definitions.k8s.cni.cncf.io".</param>
/// <param name="Root">"/api/v1".</param>
/// <param name="Plural">The last part of the path.</param>
/// <param name="HasSpec">False when metadata says all that we want to know.</param>
internal sealed record ApiResource<TKey, TObject>(
    string Name,
    string Root,
    string Plural,
    bool HasSpec,
    Func<ObjectDraft, TObject> Decode,
    Func<TObject, TKey> KeyOf,
    Func<TObject, TObject, bool> AreSame
)
    where TKey : notnull
    where TObject : class
{
    /// <summary>Restricts list and watch; <c>null</c>: all.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>True when a cluster may do without: then 404 means none.</summary>
    public bool MayBeAbsent { get; init; }

    public string Accept => HasSpec ? ApiRequest.Json : ApiRequest.MetadataOnly;

    public string ListAccept => HasSpec ? ApiRequest.Json : ApiRequest.MetadataListOnly;

    /// <param name="query">Without the question mark; the field selector is added.</param>
    public string ListPath(string query)
    {
        var selector = FieldSelector is null ? "" : $"&fieldSelector={Uri.EscapeDataString(FieldSelector)}";
        return $"{Root}/{Plural}?{query}{selector}";
    }

    /// <summary>Both must have been checked: a name is part of a path.</summary>
    public string ObjectPath(string ns, string name) => $"{Root}/namespaces/{ns}/{Plural}/{name}";
}

/// <summary>The kinds that we read.</summary>
internal static class ApiResources
{
    /// <param name="nodeName"><c>null</c>: of all nodes.</param>
    public static ApiResource<PodKey, Pod> PodsOf(string? nodeName) =>
        new(
            "pods",
            "/api/v1",
            "pods",
            HasSpec: false,
            PodOf,
            pod => pod.Key,
            (a, b) => a.Uid == b.Uid && Annotations.AreSame(a.Annotations, b.Annotations)
        )
        {
            FieldSelector = nodeName is null ? null : $"spec.nodeName={nodeName}",
        };

    public static ApiResource<NetworkKey, NetworkAttachmentDefinition> Networks { get; } =
        new(
            "network-attachment-definitions.k8s.cni.cncf.io",
            "/apis/k8s.cni.cncf.io/v1",
            "network-attachment-definitions",
            HasSpec: true,
            NetworkOf,
            network => network.Key,
            (a, b) => a.Config == b.Config && Annotations.AreSame(a.Annotations, b.Annotations)
        )
        {
            MayBeAbsent = true,
        };

    private static Pod PodOf(ObjectDraft draft) =>
        new(new PodKey(NamespaceOf(draft), NameOf(draft)), draft.Uid, draft.Annotations);

    private static NetworkAttachmentDefinition NetworkOf(ObjectDraft draft) =>
        new(new NetworkKey(NamespaceOf(draft), NameOf(draft)), draft.Config ?? "", draft.Annotations);

    private static string NameOf(ObjectDraft draft) =>
        draft.Name ?? throw new InvalidDataException("the answer has an object without metadata.name");

    private static string NamespaceOf(ObjectDraft draft) =>
        draft.Namespace
        ?? throw new InvalidDataException($"the answer has an object '{draft.Name}' without metadata.namespace");
}
