namespace Multus.TestSupport;

/// <summary>A sandbox of a pod on a <see cref="Machine"/>, as a container runtime knows it.</summary>
public sealed record TestSandbox(string Namespace, string Pod, string Uid)
{
    public string Id { get; } = Unique.ContainerId();

    public string Name { get; } = $"cni-{Guid.NewGuid()}"; // as containerd names them

    public string NetNs => $"/var/run/netns/{Name}";

    public string CniArgs =>
        $"IgnoreUnknown=1;K8S_POD_NAMESPACE={Namespace};K8S_POD_NAME={Pod};K8S_POD_INFRA_CONTAINER_ID={Id};K8S_POD_UID={Uid}";
}
