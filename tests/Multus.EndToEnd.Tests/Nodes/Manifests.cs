namespace Multus.EndToEnd.Tests.Nodes;

/// <summary>Writes the manifests of a node's cluster: a file for each object, replaced whole.</summary>
public sealed class Manifests(string folder)
{
    public const string Namespace = "default";

    public void Network(string name, string config, string ns = Namespace) =>
        Write(
            $"nad-{ns}-{name}.yaml",
            $"""
            apiVersion: k8s.cni.cncf.io/v1
            kind: NetworkAttachmentDefinition
            metadata:
              name: {name}
              namespace: {ns}
            spec:
              config: {LogText(config)}

            """
        );

    /// <param name="networks">The networks annotation, in either of its forms; null for none.</param>
    /// <param name="defaultNetwork">The annotation for a network in the cluster network's place; null for none.</param>
    public void Pod(TestPod pod, string? networks, string? defaultNetwork = null) =>
        Write(
            $"pod-{pod.Namespace}-{pod.Name}.yaml",
            $"""
            apiVersion: v1
            kind: Pod
            metadata:
              name: {pod.Name}
              namespace: {pod.Namespace}
              uid: {pod.Uid}
              annotations:
                example.invalid/made-by: end-to-end test
                {(networks is null ? "" : $"k8s.v1.cni.cncf.io/networks: {LogText(networks)}")}
                {(defaultNetwork is null ? "" : $"v1.multus-cni.io/default-network: {LogText(defaultNetwork)}")}
            spec:
              containers:
              - name: main
                image: example.invalid/none

            """
        );

    /// <summary>Any file, by rename, so that no reader sees half of it.</summary>
    public void Write(string file, string content)
    {
        var temp = Path.Combine(folder, $".{file}.tmp");
        File.WriteAllText(temp, content);
        File.Move(temp, Path.Combine(folder, file), overwrite: true);
    }

    private static string LogText(string text) =>
        $"'{text.Replace("'", "''", StringComparison.Ordinal).ReplaceLineEndings(" ")}'";
}
