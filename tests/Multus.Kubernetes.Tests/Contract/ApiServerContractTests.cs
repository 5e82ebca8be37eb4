using Multus.TestCluster;
using Multus.TestCluster.Access;

namespace Multus.Kubernetes.Tests.Contract;

public sealed class ApiServerContractTests : BreakableClusterContract
{
    protected override async Task<ClusterWorld> MakeWorldAsync() => await ApiServerWorld.StartAsync();
}

/// <summary>Where pods may be updated and not patched, a status is written by reading, changing and updating.</summary>
public sealed class ApiServerWithoutPatchContractTests : BreakableClusterContract
{
    protected override async Task<ClusterWorld> MakeWorldAsync()
    {
        var world = await ApiServerWorld.StartAsync();
        world.Server.Access.Deny(new DenyRule(Verb: "patch")); // for the server's life
        return world;
    }
}

/// <summary>
/// Servers differ in what they say to the patch of another pod than is there, and to a watch that begins too long ago.
/// </summary>
public sealed class ApiServerOfOtherAnswersContractTests : BreakableClusterContract
{
    protected override async Task<ClusterWorld> MakeWorldAsync() =>
        await ApiServerWorld.StartAsync(
            new TestApiServerSettings
            {
                PatchOfAnotherUid = OtherUidAnswer.Conflict,
                ExpiredWatch = ExpiredWatchAnswer.HttpStatus,
            }
        );
}
