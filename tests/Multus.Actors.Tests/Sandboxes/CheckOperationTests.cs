using Multus.Actors.Netlink;
using Multus.Cni;
using Multus.Engine.Requests;

namespace Multus.Actors.Tests.Sandboxes;

public class CheckOperationTests : SandboxFixture
{
    [Fact]
    public async Task Edge_133_a_check_asks_every_delegate_in_order()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        Plugins.Calls.Clear();

        Assert.IsType<CniReply.Done>(await Check(sandboxes));
        Assert.Equal(["CHECK cluster eth0", "CHECK second net1", "CHECK third net2"], Plugins.Calls);
    }

    [Fact]
    public async Task A_check_of_a_sandbox_that_is_not_attached_says_so() =>
        Assert.Equal(
            CniErrorCode.UnknownContainer,
            Assert.IsType<CniReply.Refused>(await Check(Sandboxes())).Error.Code
        );

    [Fact]
    public async Task A_check_names_the_interface_that_is_gone()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        Netlink = question => question is NetlinkProtocol.Inspect ? Seen("eth0", "net1") : null;

        Assert.Contains("interface net2", Assert.IsType<CniReply.Refused>(await Check(sandboxes)).Error.Message);
    }

    [Fact]
    public async Task A_check_of_what_a_failed_delete_has_left_fails()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        Plugins.Fail(CniCommand.Del, "cluster", "device busy");
        await Detach(sandboxes);

        Assert.Contains("only partly attached", Assert.IsType<CniReply.Refused>(await Check(sandboxes)).Error.Message);
    }

    [Fact]
    public async Task A_check_names_the_network_that_complains()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        Plugins.Fail(CniCommand.Check, "second", "address is missing");

        var refused = Assert.IsType<CniReply.Refused>(await Check(sandboxes));
        Assert.Contains("CHECK of network ns/second, interface net1", refused.Error.Message);
        Assert.Contains("address is missing", refused.Error.Message);
    }
}
