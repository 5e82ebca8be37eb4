using Multus.TestCluster.Objects;
using Multus.TestCluster.Tests.Clients;

namespace Multus.TestCluster.Tests.Reading;

public sealed class DiscoveryTests : ServerTest
{
    [Fact]
    public async Task The_installed_groups_and_their_resources_are_listed()
    {
        Server.Objects.Install(ResourceType.ResourceClaims, isInstalled: false);
        Server.Objects.Install(ResourceType.ResourceSlices, isInstalled: false);
        Server.Objects.Install(ResourceType.AddressPools, isInstalled: false);

        var groups = (await Client.GetAsync("/apis"))
            .Json.GetProperty("groups")
            .EnumerateArray()
            .Select(group => group.GetProperty("name").GetString());
        var resources = (await Client.GetAsync("/api/v1"))
            .Json.GetProperty("resources")
            .EnumerateArray()
            .Select(one => one.GetProperty("name").GetString());

        Assert.Equal(
            [
                "events.k8s.io",
                "k8s.cni.cncf.io",
                "apps",
                "rbac.authorization.k8s.io",
                "apiextensions.k8s.io",
                "certificates.k8s.io",
            ],
            groups
        );
        Assert.Equal(["configmaps", "events", "namespaces", "nodes", "pods", "serviceaccounts"], resources.Order());
        Assert.Equal(404, (await Client.GetAsync("/apis/resource.k8s.io/v1")).Code);
    }

    [Fact]
    public async Task It_says_that_it_is_ready() =>
        Assert.Equal((200, "ok"), ((await Client.GetAsync("/readyz")).Code, (await Client.GetAsync("/readyz")).Body));
}
