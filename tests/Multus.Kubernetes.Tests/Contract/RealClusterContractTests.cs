using System.Text.Json.Nodes;
using Multus.Core.Networks;
using Multus.Core.Pods;
using Multus.TestCluster;
using Multus.TestCluster.Objects;
using Multus.TestSupport;

namespace Multus.Kubernetes.Tests.Contract;

/// <summary>On the cluster that the variable names. One test after the other: what they share is somebody else's.</summary>
[OnlyWith(RealClusterWorld.Variable)]
public sealed class RealClusterContractTests : ClusterContract
{
    protected override async Task<ClusterWorld> MakeWorldAsync() =>
        await RealClusterWorld.StartAsync(Environment.GetEnvironmentVariable(RealClusterWorld.Variable)!);
}

/// <summary>The same hand on the API server in this process: what it does there is what it does anywhere, so the two clients are shown to agree without a cluster.</summary>
public sealed class ReferenceClientContractTests : ClusterContract
{
    protected override async Task<ClusterWorld> MakeWorldAsync()
    {
        var server = await TestApiServer.StartAsync();
        var folder = new TempFolder();
        server.Objects.Create(ResourceType.Nodes, new JsonObject { ["metadata"] = new JsonObject { ["name"] = "node-1" } });
        var kubeconfig = server.FilesIn(folder.Path).KubeconfigWithToken(server.Access.IssueToken());
        return new ServedWorld(await RealClusterWorld.StartAsync(kubeconfig), server, folder);
    }

    /// <summary>Another world and what it stands on.</summary>
    private sealed class ServedWorld(ClusterWorld world, TestApiServer server, TempFolder folder) : ClusterWorld
    {
        public override IClusterApi Api => world.Api;

        public override string Namespace => world.Namespace;

        public override string OtherNamespace => world.OtherNamespace;

        public override Task<string> PutPodAsync(PodKey key, string networks) => world.PutPodAsync(key, networks);

        public override Task RemovePodAsync(PodKey key) => world.RemovePodAsync(key);

        public override Task PutNetworkAsync(NetworkKey key, string? config) => world.PutNetworkAsync(key, config);

        public override Task RemoveNetworkAsync(NetworkKey key) => world.RemoveNetworkAsync(key);

        public override Task<string?> StatusAsync(PodKey key, string annotation) => world.StatusAsync(key, annotation);

        public override Task<string?> StatusVersionAsync(PodKey key, string annotation) => world.StatusVersionAsync(key, annotation);

        public override async ValueTask DisposeAsync()
        {
            await world.DisposeAsync();
            await server.DisposeAsync();
            folder.Dispose();
        }
    }
}
