using System.Text.Json;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Requests;

/// <summary>
/// Who waits for whom, proved by delegates that wait for the test and record when they began and ended.
/// </summary>
public sealed class OrderingTests(ITestOutputHelper output) : NodeTest(output)
{
    [RootFact]
    public async Task Requests_for_one_sandbox_never_overlap_and_those_for_another_go_on_meanwhile()
    {
        var plugin = ClusterPlugin();
        var gate = plugin.Gate();
        var (first, other) = (Node.Pod(), Node.Pod());
        plugin.On("ADD", does => does.WaitsFor(gate), containerId: first.Sandbox);
        await Node.StartDaemon();
        var add = Node.Add(first);
        await plugin.Began("ADD", first.Sandbox);

        var del = Node.Del(first);
        await Working(2);
        (await Node.Add(other)).Succeeded();
        (await Node.Del(other)).Succeeded();
        Assert.DoesNotContain(plugin.Calls, call => call.Matches("DEL", first.Sandbox, null));
        gate.Open();

        (await add).Succeeded();
        (await del).Succeeded();
        var calls = plugin.Calls.Where(call => call.ContainerId == first.Sandbox).ToArray();
        Assert.Equal(["ADD", "DEL"], calls.Select(call => call.Command));
        Assert.False(calls[0].Overlaps(calls[1]));
        Assert.All(
            plugin.Calls.Where(call => call.ContainerId == other.Sandbox),
            call => Assert.True(call.Overlaps(calls[0]))
        );
        Assert.Empty(Node.Folders.CniFiles());
    }

    [RootFact]
    public async Task An_ADD_that_is_repeated_while_the_first_still_runs_is_answered_by_the_same_attachment()
    {
        var plugin = ClusterPlugin();
        var gate = plugin.Gate();
        plugin.On("ADD", does => does.WaitsFor(gate).AnswersWithAddresses("10.9.0.7/24"));
        var pod = Node.Pod();
        await Node.StartDaemon();
        var first = Node.Add(pod);
        await plugin.Began("ADD");

        var second = Node.Add(pod);
        await Working(2);
        gate.Open();

        Assert.Equal((await first).Result().GetRawText(), (await second).Result().GetRawText());
        Assert.Single(plugin.Calls);
    }

    [RootFact]
    public async Task A_DEL_does_not_wait_for_a_burst_of_ADDs()
    {
        Node.Hocon = "multus { delegates { slots = 2, slots-per-type = 2 }, sandboxes.max-attaching = 4 }";
        var plugin = ClusterPlugin();
        var gate = plugin.Gate();
        var old = Node.Pod();
        await Node.StartDaemon();
        (await Node.Add(old)).Succeeded();
        plugin.On("ADD", does => does.WaitsFor(gate));
        Task<ShimRun>[] burst = [.. Enumerable.Range(0, 6).Select(_ => Node.Add(Node.Pod()))];
        await Wait.Until(
            "two ADDs run, two wait for a slot, two for admission",
            async () =>
                await Figure("delegates", "running") == 2
                && await Figure("delegates", "waiting") == 2
                && await Figure("sandboxes", "waiting") == 2
        );

        (await Node.Del(old)).Succeeded();

        Assert.All(burst, add => Assert.False(add.IsCompleted));
        gate.Open();
        Assert.All(await Task.WhenAll(burst), add => add.Succeeded());
    }

    private SteeredPlugin ClusterPlugin()
    {
        Node.With("clusterNetwork", Node.ClusterNetwork(Networks.Steered("cluster", "patient")));
        return Node.Steered("patient");
    }

    private Task Working(int requests) =>
        Wait.Until($"the daemon has {requests} requests", async () => await Figure("sandboxes", "working") == requests);

    private async Task<long> Figure(string part, string name)
    {
        using var answer = await Node.Client.Send(HttpMethod.Get, "/healthz");
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return json.RootElement.GetProperty("actors").GetProperty(part).GetProperty(name).GetInt64();
    }
}
