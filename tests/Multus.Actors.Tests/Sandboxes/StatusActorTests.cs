using Multus.Actors.Cluster;
using Multus.Actors.Tests.Fakes;
using Multus.Cni;
using Multus.Cni.Runtime;
using Multus.Engine.Requests;

namespace Multus.Actors.Tests.Sandboxes;

public class StatusActorTests : SandboxFixture
{
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(20);

    // STATUS came with 1.1.0.
    public StatusActorTests() =>
        Temp.File("cluster.conf", """{"cniVersion":"1.1.0","name":"cluster","type":"cluster"}""");

    [Fact]
    public async Task The_answer_is_the_plugin_s()
    {
        Plugins.On(
            CniCommand.Status,
            "cluster",
            _ => Task.FromResult<PluginOutput>(new PluginOutput.Failed(new CniError(51, "limited")))
        );

        var refused = Assert.IsType<CniReply.Refused>(await Status(Sandboxes()));

        Assert.Equal(CniErrorCode.LimitedConnectivity, refused.Error.Code);
        Assert.Contains("limited", refused.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_plugin_that_has_never_answered_nothing_is_known_and_it_is_asked_once()
    {
        StatusPatience = AtOnce;
        var answer = HoldStatus();
        var sandboxes = Sandboxes();

        foreach (var reply in await Task.WhenAll(Status(sandboxes), Status(sandboxes), Status(sandboxes)))
            Assert.Equal(CniErrorCode.PluginNotAvailable, Assert.IsType<CniReply.Refused>(reply).Error.Code);
        Assert.Single(Plugins.Calls);
        answer.SetResult();
    }

    [Fact]
    public async Task What_a_plugin_said_the_last_time_is_the_answer_while_it_is_slow()
    {
        var sandboxes = SandboxesThatAnswerAtOnce();
        await AwaitAssertAsync(async () => Assert.IsType<CniReply.Done>(await Status(sandboxes)), Patience);
        var answer = HoldStatus();

        Assert.IsType<CniReply.Done>(await Status(sandboxes));

        Plugins.Fail(CniCommand.Status, "cluster", "no uplink");
        answer.SetResult();
        await AwaitAssertAsync(async () => Assert.IsType<CniReply.Refused>(await Status(sandboxes)), Patience);
    }

    [Fact]
    public async Task A_cluster_that_does_not_answer_does_not_hold_up_the_answer()
    {
        StatusPatience = AtOnce;
        Cluster = question => question is ClusterProtocol.FindNetworks ? null : AnswerCluster(question);
        var status = Request();
        var named = status.Configuration with { ClusterNetwork = "some-nad" };

        var reply = await Sandboxes().Ask<CniReply>(new CniRequest.GetStatus("r1", named, status.PluginPath), Patience);

        Assert.Equal(CniErrorCode.PluginNotAvailable, Assert.IsType<CniReply.Refused>(reply).Error.Code);
    }

    [Fact]
    public async Task A_cluster_network_that_is_Multus_itself_is_refused()
    {
        Temp.File("cluster.conf", """{"cniVersion":"1.1.0","name":"again","type":"multus-shim"}""");
        Temp.File(Path.Combine("bin", "multus-shim"), "");

        var refused = Assert.IsType<CniReply.Refused>(await Status(Sandboxes()));

        Assert.Equal(CniErrorCode.PluginNotAvailable, refused.Error.Code);
        Assert.Contains("runs Multus itself", refused.Error.Message, StringComparison.Ordinal);
        Assert.Empty(Plugins.Calls);
    }

    private IActorRef SandboxesThatAnswerAtOnce()
    {
        StatusPatience = AtOnce;
        return Sandboxes();
    }

    private TaskCompletionSource HoldStatus()
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Plugins.On(
            CniCommand.Status,
            "cluster",
            async call =>
            {
                await answer.Task;
                return FakePlugins.Success(call);
            }
        );
        return answer;
    }
}
