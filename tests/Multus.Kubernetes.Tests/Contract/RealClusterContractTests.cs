namespace Multus.Kubernetes.Tests.Contract;

/// <summary>On the cluster that the variable names. One test after the other: what they share is somebody else's.</summary>
[OnlyWith(RealClusterWorld.Variable)]
public sealed class RealClusterContractTests : ClusterContract
{
    protected override Task<ClusterWorld> MakeWorldAsync() =>
        Task.FromResult<ClusterWorld>(new RealClusterWorld(Environment.GetEnvironmentVariable(RealClusterWorld.Variable)!));
}
