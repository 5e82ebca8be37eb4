namespace Multus.Kubernetes.Runtimes;

/// <summary>Somebody who knows which sandboxes there are on the node: its container runtime. Any thread.</summary>
public interface IPodSandboxes
{
    /// <summary>
    /// The container IDs of all sandboxes, ready or not; null when there is no runtime that could be asked.
    /// </summary>
    /// <exception cref="KubernetesException">There is one, and it did not say.</exception>
    Task<IReadOnlySet<string>?> ListAsync(CancellationToken cancel);
}
