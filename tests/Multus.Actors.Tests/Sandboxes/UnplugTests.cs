using System.Text;
using Multus.Actors.Annotations;
using Multus.Actors.Cluster;
using Multus.Actors.Netlink;
using Multus.Actors.Tests.Fakes;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Cni.Runtime;
using Multus.Core.Planning;
using Multus.Engine.Requests;

namespace Multus.Actors.Tests.Sandboxes;

public class UnplugTests : HotPlugFixture
{
    [Fact]
    public async Task Unplugging_takes_that_interface_only()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        await Plug(sandboxes);
        Plugins.Calls.Clear();

        Assert.IsType<CniReply.Done>(await Unplug(sandboxes));
        Assert.Equal(["DEL third net9"], Plugins.Calls);

        Plugins.Calls.Clear();
        Assert.IsType<CniReply.Done>(await Check(sandboxes));
        Assert.Equal(["CHECK cluster eth0", "CHECK second net1", "CHECK third net2"], Plugins.Calls);
    }

    [Fact]
    public async Task A_network_of_the_pod_s_annotation_can_be_unplugged_too()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        Plugins.Calls.Clear();

        Assert.IsType<CniReply.Done>(await Unplug(sandboxes, "net1", "second"));
        Assert.IsType<CniReply.Done>(await Detach(sandboxes));
        Assert.Equal(["DEL second net1", "DEL third net2", "DEL cluster eth0"], Plugins.Calls);
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task The_cluster_network_s_interface_cannot_be_unplugged()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        Plugins.Calls.Clear();

        Assert.Contains(
            "cannot be unplugged",
            Assert.IsType<CniReply.Refused>(await Unplug(sandboxes, "eth0", "cluster")).Error.Message
        );
        Assert.Empty(Plugins.Calls);
    }

    [Fact]
    public async Task An_interface_of_another_network_is_not_taken_away_by_mistake()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        Plugins.Calls.Clear();

        Assert.Contains(
            "net1 of sandbox c1 is of network second, not of extra",
            Assert.IsType<CniReply.Refused>(await Unplug(sandboxes, "net1")).Error.Message
        );
        Assert.Empty(Plugins.Calls);
    }

    [Fact]
    public async Task What_cannot_be_unplugged_stays_on_record()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        await Plug(sandboxes);
        Plugins.Fail(CniCommand.Del, "third", "device busy");

        Assert.Contains(
            "DEL of network extra, interface net9",
            Assert.IsType<CniReply.Refused>(await Unplug(sandboxes)).Error.Message
        );

        Plugins.Succeed(CniCommand.Del, "third");
        Plugins.Calls.Clear();
        Assert.IsType<CniReply.Done>(await Unplug(sandboxes));
        Assert.Equal(["DEL third net9"], Plugins.Calls);
    }

    [Fact]
    public async Task What_another_daemon_has_plugged_in_is_unplugged_by_the_caller_s_configuration()
    {
        Assert.IsType<CniReply.Done>(await Unplug(Sandboxes()));

        Assert.Equal(["DEL third net9"], Plugins.Calls);
    }
}
