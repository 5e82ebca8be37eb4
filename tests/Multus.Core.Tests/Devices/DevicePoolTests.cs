using Multus.Cni;
using Multus.Core.Devices;
using Multus.Core.Networks;

namespace Multus.Core.Tests.Devices;

/// <summary>
/// No device is given to two networks of a pod, by whatever names it is known (attach.md §9.1, §18.10; user-pain 22).
/// </summary>
public sealed class DevicePoolTests
{
    private const string Vf = "vendor.com/vf";
    private const string Claim = "ns/claim";

    [Fact]
    public void Each_device_is_given_once_in_order_of_the_containers()
    {
        var pool = Pool(new("main", Vf, "b"), new("main", Vf, "c"), new("side", Vf, "a"));

        Assert.Equal("b c a - -", Take(pool, Vf, Vf, Vf, Vf, "other"));
    }

    [Fact]
    public void A_device_that_two_containers_share_is_given_once() =>
        Assert.Equal("a -", Take(Pool(new("main", Vf, "a"), new("side", Vf, "a")), Vf, Vf));

    [Fact]
    public void A_PCI_address_is_one_device_under_any_resource_and_a_number_is_another_in_each()
    {
        Assert.Equal(
            "0000:03:02.0 -",
            Take(
                Pool(new("main", Vf, "0000:03:02.0"), new("main", "vendor.com/rdma", "0000:03:02.0")),
                Vf,
                "vendor.com/rdma"
            )
        );
        Assert.Equal(
            "0 0",
            Take(Pool(new("main", Vf, "0"), new("main", "vendor.com/rdma", "0")), Vf, "vendor.com/rdma")
        );
    }

    [Fact]
    public void A_claim_s_device_that_kubelet_and_the_cluster_call_by_other_names_is_given_once()
    {
        var pool = Pool(
            Allocated("claim", "cdi-1", "d/p/one"),
            Allocated("claim", "cdi-2", "d/p/two"),
            Allocated(Vf, "0000:03:02.0", "d/p/one"),
            Allocated(Vf, "0000:03:02.1", "d/p/two")
        );

        Assert.Equal("cdi-1 0000:03:02.1 -", Take(pool, "claim", Vf, "claim"));
    }

    [Fact]
    public void A_claim_s_device_that_kubelet_does_not_say_more_of_may_be_any_of_the_claim_s()
    {
        PodDevice[] devices =
        [
            Allocated("claim", "cdi-1", null),
            Allocated("claim", "cdi-2", null),
            Allocated(Vf, "0000:03:02.0", "d/p/one"),
        ];

        Assert.Equal("cdi-1 cdi-2 -", Take(Pool(devices), "claim", "claim", Vf));
        Assert.Equal("0000:03:02.0 -", Take(Pool(devices), Vf, "claim"));
    }

    [Fact]
    public void A_device_that_a_network_names_is_kept_for_it()
    {
        var pool = new DevicePool([new("main", Vf, "a"), new("main", Vf, "b")], ["a"]);

        Assert.Equal("b", pool.Take(Vf, null, "first"));
        Assert.Equal("a", pool.Take(Vf, Wish(id: "a"), "second"));
    }

    [Fact]
    public void A_device_that_two_networks_name_is_refused_to_the_second_by_name()
    {
        var pool = new DevicePool([new("main", Vf, "a"), new("main", Vf, "b")], ["a", "a"]);
        pool.Take(Vf, Wish(id: "a"), "first");

        var refused = Assert.Throws<CniException>(() => pool.Take(Vf, Wish(id: "a"), "second"));

        Assert.Equal(
            (
                CniErrorCode.InvalidNetworkConfig,
                "network second names device a of vendor.com/vf, which network first has"
            ),
            (refused.Error.Code, refused.Error.Message)
        );
    }

    [Fact]
    public void A_network_that_names_a_container_gets_a_device_of_it()
    {
        var pool = Pool(new("main", Vf, "a"), new("main", Vf, "b"), new("side", Vf, "c"));

        Assert.Equal("c", pool.Take(Vf, Wish(container: "side"), "first"));
        Assert.Equal("a", pool.Take(Vf, null, "second"));
        Assert.Null(pool.Take(Vf, Wish(container: "side"), "third"));
    }

    [Fact]
    public void A_container_without_such_a_device_is_refused_and_those_that_have_one_are_named()
    {
        var refused = Assert.Throws<CniException>(() =>
            Pool(new PodDevice("main", Vf, "a")).Take(Vf, Wish(container: "side"), "first")
        );

        Assert.Equal(
            "network first is to take a device of vendor.com/vf of container 'side', which has none",
            refused.Error.Message
        );
        Assert.Contains("main", refused.Error.Details, StringComparison.Ordinal);
    }

    private static PodDevice Allocated(string resource, string id, string? device) =>
        new("main", resource, id) { Allocation = new DeviceAllocation(Claim, device) };

    private static DevicePool Pool(params PodDevice[] devices) => new([.. devices], []);

    private static NetworkSelection Wish(string? id = null, string? container = null) =>
        new("ns", "net", null, [], null, null, null, null, id, null, null) { DeviceContainer = container };

    private static string Take(DevicePool pool, params string[] resources) =>
        string.Join(' ', resources.Select(resource => pool.Take(resource, null, "net") ?? "-"));
}
