namespace Multus.Kubernetes.Folder;

/// <summary>Where the cluster in a folder is.</summary>
/// <param name="ManifestDir">Kubernetes manifests: *.yaml, *.yml and *.json directly in it. Need not exist yet; never
/// created here.</param>
/// <param name="StatusDir">Gets {namespace}_{pod}.json per pod; created when the first is written. Another folder than
/// the manifests'.</param>
public sealed record FolderClusterSettings(string ManifestDir, string StatusDir);
