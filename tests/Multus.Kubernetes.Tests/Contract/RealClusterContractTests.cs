namespace Multus.Kubernetes.Tests.Contract;

/// <summary>
/// On the cluster that the variable names. One test after the other: what they share is somebody else's.
/// </summary>
[OnlyWith(RealClusterWorld.Variable)]
public sealed class RealClusterContractTests : ClusterContract
{
    protected override async Task<ClusterWorld> MakeWorldAsync() =>
        await RealClusterWorld.StartAsync(Environment.GetEnvironmentVariable(RealClusterWorld.Variable)!);
}

/// <summary>
/// The same way to a cluster of this machine: another process, known by a kubeconfig alone. What the reference client
/// does there is what it does anywhere, so the way and both clients are shown to work without a cluster that somebody
/// runs.
/// </summary>
public sealed class ReferenceClientContractTests(ClusterProcess cluster)
    : ClusterContract,
        IClassFixture<ClusterProcess>
{
    protected override async Task<ClusterWorld> MakeWorldAsync() =>
        await RealClusterWorld.StartAsync(cluster.Kubeconfig);
}
