namespace Multus.Cni.Tests.Runtime;

public sealed class StatusTests
{
    private readonly Node _node = new();

    [Fact]
    public async Task Edge_263_the_first_plugin_that_says_no_is_the_answer_with_its_code()
    {
        _node.Plugins.Fails(CniCommand.Status, "b", new CniError(CniErrorCode.PluginNotAvailable, "no uplink"));

        var error = await Node.ErrorOf(_node.StatusAsync(Node.Chain("1.1.0")));

        Assert.Equal(new CniError(50, "plugin b: no uplink"), error);
        Assert.Equal(["STATUS a", "STATUS b"], _node.Plugins.Order);
    }

    [Fact]
    public async Task Plugins_get_name_and_version_and_no_more()
    {
        await _node.StatusAsync(Node.Conf("1.1.0"));

        Assert.Equal("""{"cniVersion":"1.1.0","name":"blue","type":"a"}""", _node.Plugins.Stdin(0));
    }

    [Fact]
    public async Task Below_1_1_0_there_is_nothing_to_ask()
    {
        await _node.StatusAsync(Node.Chain("1.0.0"));

        Assert.Empty(_node.Plugins.Calls);
    }
}
