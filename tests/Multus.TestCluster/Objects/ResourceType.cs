namespace Multus.TestCluster.Objects;

/// <summary>A kind of object that the server can hold.</summary>
/// <param name="Group">Empty for the core group.</param>
/// <param name="IsCustom">Defined by a CRD: no strategic merge patch, and list items say their kind.</param>
public sealed record ResourceType(
    string Group,
    string Version,
    string Plural,
    string Kind,
    bool IsNamespaced = true,
    bool IsCustom = false
)
{
    public static ResourceType Pods { get; } = new("", "v1", "pods", "Pod");

    public static ResourceType Nodes { get; } = new("", "v1", "nodes", "Node", IsNamespaced: false);

    /// <summary>Objects need none of them: a namespace is there for who lists or makes namespaces, and takes nothing with it when it goes.</summary>
    public static ResourceType Namespaces { get; } = new("", "v1", "namespaces", "Namespace", IsNamespaced: false);

    /// <summary>Kept apart from <see cref="NewEvents"/>; a real server shows the same objects through both.</summary>
    public static ResourceType CoreEvents { get; } = new("", "v1", "events", "Event");

    public static ResourceType NewEvents { get; } = new("events.k8s.io", "v1", "events", "Event");

    public static ResourceType Networks { get; } =
        new("k8s.cni.cncf.io", "v1", "network-attachment-definitions", "NetworkAttachmentDefinition", IsCustom: true);

    /// <summary>Of whereabouts.</summary>
    public static ResourceType AddressPools { get; } =
        new("whereabouts.cni.cncf.io", "v1alpha1", "ippools", "IPPool", IsCustom: true);

    public static ResourceType ResourceClaims { get; } =
        new("resource.k8s.io", "v1", "resourceclaims", "ResourceClaim");

    public static ResourceType ResourceSlices { get; } =
        new("resource.k8s.io", "v1", "resourceslices", "ResourceSlice", IsNamespaced: false);

    public static ResourceType ConfigMaps { get; } = new("", "v1", "configmaps", "ConfigMap");

    public static ResourceType ServiceAccounts { get; } = new("", "v1", "serviceaccounts", "ServiceAccount");

    /// <summary>Stored and nothing else: no controller makes pods of them, here or of the kinds below rules or resources.</summary>
    public static ResourceType DaemonSets { get; } = new("apps", "v1", "daemonsets", "DaemonSet");

    public static ResourceType Deployments { get; } = new("apps", "v1", "deployments", "Deployment");

    public static ResourceType ClusterRoles { get; } =
        new("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", IsNamespaced: false);

    public static ResourceType ClusterRoleBindings { get; } =
        new("rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding", IsNamespaced: false);

    public static ResourceType Definitions { get; } =
        new("apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", IsNamespaced: false);

    public static ResourceType SigningRequests { get; } =
        new(
            "certificates.k8s.io",
            "v1",
            "certificatesigningrequests",
            "CertificateSigningRequest",
            IsNamespaced: false
        );

    public static IReadOnlyList<ResourceType> All { get; } =
    [
        Pods,
        Nodes,
        Namespaces,
        CoreEvents,
        NewEvents,
        Networks,
        AddressPools,
        ResourceClaims,
        ResourceSlices,
        ConfigMaps,
        ServiceAccounts,
        DaemonSets,
        Deployments,
        ClusterRoles,
        ClusterRoleBindings,
        Definitions,
        SigningRequests,
    ];

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>As error messages name it: <c>pods</c>, <c>network-attachment-definitions.k8s.cni.cncf.io</c>.</summary>
    public string QualifiedName => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary>As validation errors name it: <c>Pod</c>, <c>NetworkAttachmentDefinition.k8s.cni.cncf.io</c>.</summary>
    public string QualifiedKind => Group.Length == 0 ? Kind : $"{Kind}.{Group}";
}
