namespace Multus.Kubernetes.Certificates;

/// <summary>Who a node is to the API server, in the words of upstream's certificates.</summary>
public static class NodeIdentity
{
    public const string SignerName = "kubernetes.io/kube-apiserver-client";

    /// <summary>The user without the node's name, and the group.</summary>
    public const string Organization = "system:multus";

    public static string CommonNameOf(string node) => $"{Organization}:{node}";
}
