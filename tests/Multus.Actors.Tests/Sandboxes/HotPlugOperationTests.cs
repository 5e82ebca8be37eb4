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

public class HotPlugOperationTests : HotPlugFixture
{
    [Fact]
    public async Task What_is_plugged_in_is_on_record_and_goes_with_the_pod_s_delete()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);

        var attached = Assert.IsType<CniReply.Attached>(await Plug(sandboxes));
        Assert.Equal("net9", attached.Result.Interfaces[0].Name);
        Assert.Contains("results/extra-c1-net9", Kept);

        Plugins.Calls.Clear();
        Assert.IsType<CniReply.Done>(await Detach(sandboxes));
        Assert.Contains("DEL third net9", Plugins.Calls);
        Assert.Equal(4, Plugins.Calls.Count);
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task It_is_on_record_before_its_plugin_runs()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        var record = "";
        Plugins.On(
            CniCommand.Add,
            "third",
            call =>
            {
                record = File.ReadAllText(Path.Combine(CniDir, "c1"));
                return Task.FromResult(FakePlugins.Success(call));
            }
        );

        await Plug(sandboxes);

        Assert.Contains("net9", record);
    }

    [Fact]
    public async Task A_sandbox_of_which_nothing_is_known_gets_a_record_of_its_own()
    {
        var sandboxes = Sandboxes();

        Assert.IsType<CniReply.Attached>(await Plug(sandboxes));
        Assert.Contains("c1", Kept);

        Assert.IsType<CniReply.Done>(await Detach(sandboxes));
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task A_repeated_plug_answers_as_the_first_time_and_runs_nothing()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        await Plug(sandboxes);
        Plugins.Calls.Clear();

        Assert.IsType<CniReply.Attached>(await Plug(sandboxes));
        Assert.Empty(Plugins.Calls);
    }

    [Fact]
    public async Task A_plug_that_was_begun_and_never_finished_is_undone_and_done_anew()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        await Plug(sandboxes);
        File.Delete(Path.Combine(CniDir, "results", "extra-c1-net9")); // as a daemon leaves it that was killed before its plugin answered
        Plugins.Calls.Clear();

        Assert.IsType<CniReply.Attached>(await Plug(sandboxes));
        Assert.Equal(["DEL third net9", "ADD third net9"], Plugins.Calls);
    }

    [Fact]
    public async Task A_plug_that_fails_is_undone_and_the_pod_s_own_networks_stay()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        var before = await File.ReadAllTextAsync(Path.Combine(CniDir, "c1"));
        Plugins.Fail(CniCommand.Add, "third", "no room");
        Plugins.Calls.Clear();

        Assert.Contains("no room", Assert.IsType<CniReply.Refused>(await Plug(sandboxes)).Error.Message);
        Assert.Equal(["ADD third net9", "DEL third net9"], Plugins.Calls);
        Assert.Equal(before, await File.ReadAllTextAsync(Path.Combine(CniDir, "c1")));
    }

    [Fact]
    public async Task A_plug_that_cannot_be_undone_stays_on_record_for_the_pod_s_delete()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        Plugins.Fail(CniCommand.Add, "third", "no room");
        Plugins.Fail(CniCommand.Del, "third", "device busy");
        await Plug(sandboxes);
        Plugins.Succeed(CniCommand.Del, "third");
        Plugins.Calls.Clear();

        Assert.IsType<CniReply.Done>(await Detach(sandboxes));
        Assert.Contains("DEL third net9", Plugins.Calls);
    }

    [Fact]
    public async Task An_interface_name_that_the_pod_has_is_refused_before_anything_runs()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        Plugins.Calls.Clear();

        var refused = Assert.IsType<CniReply.Refused>(await Plug(sandboxes, "net1"));
        Assert.Contains("net1 is asked for twice: by network ns/second and by network extra", refused.Error.Message);
        Assert.Empty(Plugins.Calls);
    }

    [Fact]
    public async Task An_interface_that_is_there_already_is_refused_before_anything_is_recorded()
    {
        Netlink = question => question is NetlinkProtocol.CheckFree ? new NetlinkProtocol.Reply.Taken("net9") : null;

        Assert.Contains("net9 already exists", Assert.IsType<CniReply.Refused>(await Plug(Sandboxes())).Error.Message);
        Assert.Empty(Plugins.Calls);
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task A_pod_that_is_gone_gets_nothing_more()
    {
        Cluster = question => question is ClusterProtocol.FindPod ? new ClusterProtocol.PodReply.Unknown() : null;

        Assert.Contains(
            "there is no pod ns/pod",
            Assert.IsType<CniReply.Refused>(await Plug(Sandboxes())).Error.Message
        );
        Assert.Empty(Plugins.Calls);
    }

    [Fact]
    public async Task Mac_addresses_and_arguments_reach_the_plugin_as_they_do_from_an_annotation()
    {
        PluginCall? seen = null;
        Plugins.On(
            CniCommand.Add,
            "third",
            call =>
            {
                seen = call;
                return Task.FromResult(FakePlugins.Success(call));
            }
        );
        var network = Parse(
            """{"cniVersion":"1.0.0","name":"extra","type":"third","capabilities":{"mac":true,"ips":true}}"""
        );
        using var args = System.Text.Json.JsonDocument.Parse("""{"vlan":"7"}""");
        var wanted = InterfaceRequest.Of(network, ["10.1.2.3/24"], "02:00:00:00:00:0F", args.RootElement);

        Assert.IsType<CniReply.Attached>(await Plug(Sandboxes(), wanted: wanted));
        Assert.EndsWith(
            ";K8S_POD_UID=u1",
            seen!.Environment.First(v => v.Key == "CNI_ARGS").Value,
            StringComparison.Ordinal
        ); // the plugin declares both
        Assert.Contains(
            """ "runtimeConfig":{"ips":["10.1.2.3/24"],"mac":"02:00:00:00:00:0f"} """.Trim(),
            Encoding.UTF8.GetString(seen.Stdin.Span)
        );
        Assert.Contains(""" "args":{"cni":{"vlan":"7"}} """.Trim(), Encoding.UTF8.GetString(seen.Stdin.Span));
    }

    [Fact]
    public async Task A_configuration_without_a_version_gets_the_daemon_s_and_one_with_a_version_keeps_it()
    {
        var stdins = new List<string>();
        Plugins.On(
            CniCommand.Add,
            "third",
            call =>
            {
                stdins.Add(Encoding.UTF8.GetString(call.Stdin.Span));
                return Task.FromResult(FakePlugins.Success(call));
            }
        );
        var sandboxes = Sandboxes();

        await Plug(
            sandboxes,
            "net8",
            InterfaceRequest.Of(Parse("""{"name":"extra","type":"third"}"""), [], null, null)
        );
        await Plug(
            sandboxes,
            "net9",
            InterfaceRequest.Of(Parse("""{"cniVersion":"0.4.0","name":"extra","type":"third"}"""), [], null, null)
        );

        Assert.Equal(["1.0.0", "0.4.0"], stdins.Select(stdin => Parse(stdin).CniVersionText));
    }

    [Fact]
    public async Task Where_nobody_else_writes_the_status_it_follows_what_is_plugged_in_and_out_again()
    {
        var published = new List<string>();
        Annotations = question =>
        {
            if (question is AnnotationsProtocol.Publish publish)
                published.Add(InterfacesIn(publish.Json));
            return new AnnotationsProtocol.Reply.Stored();
        };
        StatusFollowsHotPlug = true;
        var sandboxes = Sandboxes();
        await Attach(sandboxes);

        Assert.IsType<CniReply.Attached>(await Plug(sandboxes));
        Assert.IsType<CniReply.Done>(await Unplug(sandboxes, "net1", "second"));
        Assert.IsType<CniReply.Done>(await Unplug(sandboxes));

        Assert.Equal(["eth0 net1 net2", "eth0 net1 net2 net9", "eth0 net2 net9", "eth0 net2"], published);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Where_others_write_the_status_or_nothing_is_on_record_it_is_left_as_it_is(
        bool follows,
        bool isAttached
    )
    {
        var sandboxes = Sandboxes();
        if (isAttached)
            await Attach(sandboxes);
        StatusFollowsHotPlug = follows;
        var published = 0;
        Annotations = _ =>
        {
            published++;
            return new AnnotationsProtocol.Reply.Stored();
        };

        Assert.IsType<CniReply.Attached>(await Plug(isAttached ? sandboxes : Sandboxes()));

        Assert.Equal(0, published);
    }

    [Fact]
    public async Task A_status_that_cannot_be_written_fails_no_plug()
    {
        StatusFollowsHotPlug = true;
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        Annotations = _ => new AnnotationsProtocol.Reply.Refused("no");

        Assert.IsType<CniReply.Attached>(await Plug(sandboxes));
        Assert.IsType<CniReply.Done>(await Unplug(sandboxes));
    }

    [Fact]
    public async Task A_check_names_that_interface_if_it_is_gone_and_no_other()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        await Plug(sandboxes);
        Netlink = question => question is NetlinkProtocol.Inspect ? Seen("net9") : null;
        Assert.IsType<CniReply.Done>(
            await sandboxes.Ask<CniReply>(new CniRequest.CheckInterface(RequestFor("net9"), Extra()), Patience)
        );

        Netlink = question => question is NetlinkProtocol.Inspect ? Seen("eth0") : null;
        Assert.StartsWith(
            "interface net9 is gone",
            Assert
                .IsType<CniReply.Refused>(
                    await sandboxes.Ask<CniReply>(new CniRequest.CheckInterface(RequestFor("net9"), Extra()), Patience)
                )
                .Error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_check_asks_about_that_interface_only()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        await Plug(sandboxes);
        Plugins.Calls.Clear();
        Plugins.Fail(CniCommand.Check, "third", "address is missing");

        var refused = Assert.IsType<CniReply.Refused>(
            await sandboxes.Ask<CniReply>(new CniRequest.CheckInterface(RequestFor("net9"), Extra()), Patience)
        );
        Assert.Contains("CHECK of network extra, interface net9", refused.Error.Message);
        Assert.Equal(["CHECK third net9"], Plugins.Calls);
    }

    [Fact]
    public async Task Edge_135_the_status_of_a_network_keeps_its_plugin_s_code()
    {
        Plugins.On(
            CniCommand.Status,
            "third",
            _ =>
                Task.FromResult<PluginOutput>(
                    new PluginOutput.Failed(new CniError(CniErrorCode.LimitedConnectivity, "half asleep"))
                )
        );
        var asked = new CniRequest.GetNetworkStatus(
            "r1",
            Request().Configuration,
            Parse("""{"cniVersion":"1.1.0","name":"extra","type":"third"}"""),
            Request().PluginPath
        );

        var refused = Assert.IsType<CniReply.Refused>(await Sandboxes().Ask<CniReply>(asked, Patience));
        Assert.Equal(CniErrorCode.LimitedConnectivity, refused.Error.Code);
        Assert.Contains("half asleep", refused.Error.Message);
    }

    [Fact]
    public async Task A_plug_waits_for_the_request_before_it_and_the_delete_after_it_waits_for_the_plug()
    {
        var sandboxes = Sandboxes();
        await Attach(sandboxes);
        Plugins.Calls.Clear();
        var release = new TaskCompletionSource();
        Plugins.On(
            CniCommand.Add,
            "third",
            async call =>
            {
                await release.Task;
                return FakePlugins.Success(call);
            }
        );

        var plug = Plug(sandboxes);
        var detach = Detach(sandboxes);
        await AwaitConditionAsync(() => Task.FromResult(Plugins.Calls.Count == 1));
        release.SetResult();
        await Task.WhenAll(plug, detach);

        Assert.IsType<CniReply.Attached>(await plug);
        Assert.Equal("ADD third net9", Plugins.Calls.First());
        Assert.Contains("DEL third net9", Plugins.Calls);
        Assert.Empty(Kept);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_node_s_own_namespace_is_refused_unless_the_request_says_that_it_may_be_that(bool mayBe)
    {
        Netlink = question =>
            question is NetlinkProtocol.CheckFree { RefusesOwn: true }
                ? new NetlinkProtocol.Reply.Failed(new CniError(CniErrorCode.InvalidNetNs, "the same"))
                : AnswerNetlink(question);
        var plug = new CniRequest.Plug(
            RequestFor("net9") with
            {
                MayBeOwnNamespace = mayBe,
            },
            InterfaceRequest.Of(Extra(), [], null, null),
            CancellationToken.None
        );

        var reply = await Sandboxes().Ask<CniReply>(plug, Patience);

        Assert.Equal(!mayBe, reply is CniReply.Refused { Error.Code: CniErrorCode.InvalidNetNs });
        Assert.Equal(mayBe, Plugins.Calls.Contains("ADD third net9"));
    }
}
