using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Multus.Core.Devices;
using Multus.Kubernetes.Api;
using Multus.TestCluster.Access;
using Multus.TestCluster.Faults;
using Multus.TestCluster.Objects;

namespace Multus.Kubernetes.Tests.Api.Claims;

/// <summary>
/// Devices by dynamic resource allocation (user-pain 38), from an API server that has the objects, or has not, or does
/// not show them.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit disposes of it through IAsyncLifetime")]
public sealed class ClaimDevicesTests : IAsyncLifetime
{
    private const string Driver = "sriov.example.com";
    private const string Vf = "vendor.com/vf";
    private const string Id = "k8s.cni.cncf.io/deviceID";
    private const string Resource = "k8s.cni.cncf.io/resourceName";

    private ApiFixture _fixture = null!;
    private ApiCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        _fixture = await ApiFixture.StartAsync();
        _cluster = _fixture.ClusterWithToken();
        AddSlice(
            "slice",
            1,
            ("vf-0", [(Id, "0000:03:02.0"), (Resource, Vf)]),
            ("vf-1", [(Id, "0000:03:02.1"), (Resource, Vf)]),
            ("gpu", [("resource.kubernetes.io/pciBusID", "0000:81:00.0")])
        );
    }

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task A_claim_s_device_comes_under_the_resource_and_ID_that_its_driver_publishes()
    {
        AddPod(pod => pod.WithClaim("net", "web-net-x1", "main"));
        AddClaim("web-net-x1", $"vfs {Driver}/node-1/vf-1");

        Assert.Equal([Allocated("main", "0000:03:02.1", "web-net-x1", "vf-1")], await ReadAsync());
    }

    /// <summary>
    /// Of the claim, of the pod and of another slice: a driver's clock or its arithmetic is no reason to lose what the
    /// others say.
    /// </summary>
    [Fact]
    public async Task Finding_9_values_that_cannot_be_read_cost_nothing_but_themselves()
    {
        AddPod(pod => pod.WithClaim("net", "web-net-x1", "main")["status"]!["startTime"] = "yesterday");
        var claim = TestClaims.Claim("shop", "web-net-x1", $"vfs {Driver}/node-1/vf-1");
        var condition = new JsonObject
        {
            ["type"] = "Ready",
            ["status"] = "True",
            ["reason"] = "r",
            ["message"] = "",
            ["lastTransitionTime"] = "soon",
        };
        claim["status"]!["devices"] = new JsonArray(
            new JsonObject
            {
                ["driver"] = Driver,
                ["pool"] = "node-1",
                ["device"] = "vf-1",
                ["conditions"] = new JsonArray(condition),
            }
        );
        _fixture.Server.Objects.Create(ResourceType.ResourceClaims, claim);
        var slice = TestClaims.Slice("other", ApiFixture.Node, Driver, "other", 1, ("vf-0", [(Id, "0000:04:02.0")]));
        slice["spec"]!["devices"]![0]!["capacity"] = new JsonObject
        {
            ["bandwidth"] = new JsonObject { ["value"] = "plenty" },
        };
        _fixture.Server.Objects.Create(ResourceType.ResourceSlices, slice);

        Assert.Equal([Allocated("main", "0000:03:02.1", "web-net-x1", "vf-1")], await ReadAsync());
    }

    [Fact]
    public async Task Finding_2_a_claim_whose_answer_stops_in_the_middle_is_given_up()
    {
        AddPod(pod => pod.WithClaim("net", "claim", "main"));
        AddClaim("claim", $"vfs {Driver}/node-1/vf-1");
        using var fault = _fixture.Server.Faults.Next(
            1,
            request => request.Resource == ResourceType.ResourceClaims,
            new FaultAction.HangingBody()
        );
        _cluster = _fixture.ClusterWithToken(ApiFixture.Settings with { RequestTimeout = TimeSpan.FromSeconds(3) });

        var e = await Assert.ThrowsAsync<KubernetesException>(ReadAsync);

        Assert.EndsWith("has not answered within 3 s", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_container_has_the_devices_of_the_requests_that_it_uses()
    {
        AddPod(pod => pod.WithClaim("net", "claim", "first", ["main"]).WithClaim("net", "claim", "second", ["side"]));
        AddClaim("claim", $"first {Driver}/node-1/vf-1", $"second/alternative {Driver}/node-1/vf-0");

        Assert.Equal(
            [Allocated("main", "0000:03:02.1", "claim", "vf-1"), Allocated("side", "0000:03:02.0", "claim", "vf-0")],
            await ReadAsync()
        );
    }

    [Fact]
    public async Task A_claim_that_the_pod_names_itself_counts_like_one_of_a_template()
    {
        AddPod(pod =>
            pod["spec"]!["resourceClaims"] = new JsonArray(
                new JsonObject { ["name"] = "net", ["resourceClaimName"] = "shared" }
            )
        );
        AddClaim("shared", $"vfs {Driver}/node-1/vf-0");

        Assert.Equal([Allocated("", "0000:03:02.0", "shared", "vf-0")], await ReadAsync());
    }

    [Fact]
    public async Task What_a_container_asks_of_a_resource_that_a_driver_serves_is_that_resource_s()
    {
        AddPod(pod =>
            pod["status"]!["extendedResourceClaimStatus"] = new JsonObject
            {
                ["resourceClaimName"] = "extended",
                ["requestMappings"] = new JsonArray(
                    new JsonObject
                    {
                        ["containerName"] = "main",
                        ["resourceName"] = "vendor.com/gpu",
                        ["requestName"] = "c0-e0",
                    }
                ),
            }
        );
        AddClaim("extended", $"c0-e0 {Driver}/node-1/gpu");

        Assert.Equal(
            [
                new PodDevice("main", "vendor.com/gpu", "0000:81:00.0")
                {
                    Allocation = new DeviceAllocation("shop/extended", $"{Driver}/node-1/gpu"),
                },
            ],
            await ReadAsync()
        );
    }

    [Fact]
    public async Task Devices_that_are_none_of_a_network_or_that_no_slice_has_are_passed_over()
    {
        AddPod(pod => pod.WithClaim("net", "claim", "main").WithClaim("unmade", null, "main"));
        AddClaim(
            "claim",
            $"a {Driver}/node-1/gpu",
            $"a {Driver}/node-1/gone",
            $"a other.example.com/node-1/vf-0",
            $"a {Driver}/node-1/vf-0"
        );

        Assert.Equal([Allocated("main", "0000:03:02.0", "claim", "vf-0")], await ReadAsync());
    }

    [Fact]
    public async Task A_device_that_a_claim_may_only_look_at_is_not_the_pod_s()
    {
        AddPod(pod => pod.WithClaim("net", "claim", "main"));
        var claim = TestClaims.Claim("shop", "claim", $"a {Driver}/node-1/vf-0");
        claim["status"]!["allocation"]!["devices"]!["results"]![0]!["adminAccess"] = true;
        _fixture.Server.Objects.Create(ResourceType.ResourceClaims, claim);

        Assert.Empty(await ReadAsync());
    }

    [Fact]
    public async Task Of_a_pool_that_is_being_renewed_the_newer_generation_counts()
    {
        AddPod(pod => pod.WithClaim("net", "claim", "main"));
        AddClaim("claim", $"a {Driver}/node-1/vf-0", $"a {Driver}/node-1/vf-1");
        AddSlice("newer", 2, ("vf-0", [(Id, "0000:03:09.0"), (Resource, Vf)]));

        Assert.Equal([Allocated("main", "0000:03:09.0", "claim", "vf-0")], await ReadAsync());
    }

    [Fact]
    public async Task A_pod_without_claims_costs_one_request_and_one_that_is_gone_has_no_devices()
    {
        AddPod(_ => { });

        Assert.Empty(await ReadAsync());
        Assert.Equal("get", Assert.Single(_fixture.Server.Journal.All).Verb);
        _fixture.Server.Objects.Delete(ResourceType.Pods, "shop", "web");
        Assert.Empty(await ReadAsync());
    }

    [Fact]
    public async Task A_cluster_without_the_API_has_no_such_devices()
    {
        AddPod(pod => pod.WithClaim("net", "claim", "main"));
        _fixture.Server.Objects.Install(ResourceType.ResourceClaims, isInstalled: false);

        Assert.Empty(await ReadAsync());
        Assert.Empty(await ReadAsync());
        Assert.StartsWith(
            "Warning: Devices of ResourceClaims are left out",
            Assert.Single(Warnings),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("resourceclaims")]
    [InlineData("resourceslices")]
    public async Task What_we_may_not_see_is_left_out_until_we_may(string resource)
    {
        AddPod(pod => pod.WithClaim("net", "claim", "main"));
        AddClaim("claim", $"a {Driver}/node-1/vf-0");
        using (_fixture.Server.Access.Deny(new DenyRule(Resource: resource)))
        {
            Assert.Empty(await ReadAsync());
            Assert.Empty(await ReadAsync());
            Assert.Contains(
                $"RBAC needs verb {(resource == "resourceclaims" ? "get" : "list")} on {resource}.resource.k8s.io",
                Assert.Single(Warnings),
                StringComparison.Ordinal
            );
        }

        Assert.Single(await ReadAsync());
        using (_fixture.Server.Access.Deny(new DenyRule(Resource: resource)))
            Assert.Empty(await ReadAsync());
        Assert.Equal(2, Warnings.Count);
    }

    [Fact]
    public async Task A_server_that_fails_is_an_error_for_nobody_knows_what_the_pod_has()
    {
        AddPod(pod => pod.WithClaim("net", "claim", "main"));
        AddClaim("claim", $"a {Driver}/node-1/vf-0");
        using var fault = _fixture.Server.Faults.Always(
            request => request.Path.Contains("resourceslices", StringComparison.Ordinal),
            new FaultAction.Answer(500, "because")
        );

        var failed = await Assert.ThrowsAsync<KubernetesException>(ReadAsync);

        Assert.Contains("list resourceslices.resource.k8s.io", failed.Message, StringComparison.Ordinal);
    }

    private List<string> Warnings =>
        [.. _fixture.Log.Lines.Where(line => line.StartsWith("Warning", StringComparison.Ordinal))];

    private static PodDevice Allocated(string container, string id, string claim, string device) =>
        new(container, Vf, id) { Allocation = new DeviceAllocation($"shop/{claim}", $"{Driver}/node-1/{device}") };

    private void AddPod(Action<JsonObject> change)
    {
        var pod = TestObjects.Pod("shop", "web", "blue", ApiFixture.Node);
        change(pod);
        _fixture.Server.Objects.Create(ResourceType.Pods, pod);
    }

    private void AddClaim(string name, params string[] devices) =>
        _fixture.Server.Objects.Create(ResourceType.ResourceClaims, TestClaims.Claim("shop", name, devices));

    private void AddSlice(string name, int generation, params (string, (string, string)[])[] devices) =>
        _fixture.Server.Objects.Create(
            ResourceType.ResourceSlices,
            TestClaims.Slice(name, ApiFixture.Node, Driver, "node-1", generation, devices)
        );

    private async Task<IReadOnlyList<PodDevice>> ReadAsync() =>
        await _cluster.ClaimedDevices.ReadAsync(ApiFixture.Web, "", CancellationToken.None);
}
