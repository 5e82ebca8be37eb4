using Multus.Actors.Delegates;
using Multus.Cni;
using Multus.Cni.Runtime;
using Multus.Engine.Plugins;
using Multus.TestSupport;

namespace Multus.Actors.Tests.Delegates;

public sealed class PluginNamespaceTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("/nowhere/at/all")]
    [InlineData("/proc/self/ns/mnt")]
    [InlineData("/dev/null")]
    [InlineData("/etc")]
    public void A_delete_gets_no_path_at_which_there_is_no_network_namespace(string path) =>
        Assert.Equal("", NetNsOf(CniCommand.Del, path));

    [Fact]
    public void A_delete_gets_no_path_at_which_a_plugin_has_made_a_file()
    {
        Assert.Equal("", NetNsOf(CniCommand.Del, _temp.File("netns", "")));
    }

    [Theory]
    [InlineData("ADD")]
    [InlineData("CHECK")]
    [InlineData("DEL")]
    public void A_network_namespace_reaches_the_plugin(string verb)
    {
        Assert.True(CniCommands.TryParse(verb, out var command));
        Assert.Equal("/proc/self/ns/net", NetNsOf(command, "/proc/self/ns/net"));
    }

    [Fact]
    public void An_add_is_not_run_where_there_is_no_network_namespace()
    {
        var error = Assert.Throws<CniException>(() => NetNsOf(CniCommand.Add, "/nowhere")).Error;

        Assert.Equal(
            (CniErrorCode.InvalidNetNs, "was not run for ADD: there is no network namespace at /nowhere"),
            (error.Code, error.Message)
        );
    }

    private static string NetNsOf(CniCommand command, string path) =>
        PluginNamespace
            .Checked(
                new PluginCall(
                    "bridge",
                    command,
                    "n",
                    default,
                    [new("CNI_COMMAND", command.ToWire()), new("CNI_NETNS", path), new("CNI_IFNAME", "eth0")],
                    []
                )
            )
            .Single(variable => variable.Key == "CNI_NETNS")
            .Value;
}
