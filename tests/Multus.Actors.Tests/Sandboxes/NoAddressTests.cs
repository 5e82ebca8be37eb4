using System.Text;
using Multus.Actors.Annotations;
using Multus.Cni;
using Multus.Cni.Runtime;
using Multus.Core.Pods;
using Multus.Engine.Requests;

namespace Multus.Actors.Tests.Sandboxes;

/// <summary>Cluster networks whose result the container runtime would refuse.</summary>
public class NoAddressTests : SandboxFixture
{
    private const string Interface = """{"name":"eth0","sandbox":"/run/netns/x"}""";

    public NoAddressTests() => AllowNoAddress = false;

    [Theory]
    [InlineData(Interface, "")]
    [InlineData("""{"name":"veth1"},""" + Interface, """{"address":"10.0.0.2/24","interface":0}""")]
    public async Task An_ADD_whose_cluster_network_gives_the_runtime_s_interface_no_address_fails_is_undone_and_nothing_is_published(
        string interfaces,
        string ips
    )
    {
        var published = 0;
        Annotations = question =>
        {
            published += question is AnnotationsProtocol.Publish ? 1 : 0;
            return new AnnotationsProtocol.Reply.Stored();
        };
        Answer(interfaces, ips);

        var refused = Assert.IsType<CniReply.Refused>(await Attach(Sandboxes()));

        Assert.Contains(
            "cluster network cluster gave eth0 no address",
            refused.Error.Message,
            StringComparison.Ordinal
        );
        Assert.Contains("DEL cluster eth0", Plugins.Calls);
        Assert.Equal(0, published);
        Assert.Empty(Kept);
    }

    [Theory]
    [InlineData(Interface, """{"address":"10.0.0.2/24","interface":0}""")]
    [InlineData(Interface, """{"address":"10.0.0.2/24"}""")]
    [InlineData("", """{"address":"fd00::2/64"}""")]
    public async Task An_address_for_the_runtime_s_interface_is_enough(string interfaces, string ips)
    {
        Answer(interfaces, ips);

        Assert.IsType<CniReply.Attached>(await Attach(Sandboxes()));
    }

    [Fact]
    public async Task Where_the_runtime_takes_it_a_key_says_so()
    {
        AllowNoAddress = true;
        Answer(Interface, "");

        Assert.IsType<CniReply.Attached>(await Attach(Sandboxes()));
    }

    [Fact]
    public async Task A_container_that_is_no_pod_needs_none_for_its_runtime_is_no_kubelets()
    {
        Answer(Interface, "");
        var attach = new CniRequest.Attach(Request() with { Pod = PodIdentity.None }, CancellationToken.None);

        Assert.IsType<CniReply.Attached>(await Sandboxes().Ask<CniReply>(attach, Patience));
    }

    private void Answer(string interfaces, string ips) =>
        Plugins.On(
            CniCommand.Add,
            "cluster",
            _ =>
                Task.FromResult<PluginOutput>(
                    new PluginOutput.Succeeded(
                        Encoding.UTF8.GetBytes(
                            $$"""{"cniVersion":"1.0.0","interfaces":[{{interfaces}}],"ips":[{{ips}}]}"""
                        )
                    )
                )
        );
}
