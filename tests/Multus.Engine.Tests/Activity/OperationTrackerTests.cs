using Microsoft.Extensions.Time.Testing;
using Multus.Cni;
using Multus.Engine.Activity;
using Multus.Engine.Ports;
using Multus.TestSupport;

namespace Multus.Engine.Tests.Activity;

public sealed class OperationTrackerTests
{
    private static readonly SandboxId Sandbox = SandboxId.Parse("c1");

    private readonly CountedTime _time = new();
    private readonly OperationTracker _tracker;

    public OperationTrackerTests() => _tracker = new OperationTracker(_time);

    [Fact]
    public void An_ADD_shows_its_step_and_the_plugins_that_it_waits_for()
    {
        var plugin = new PluginRun("bridge", CniCommand.Add, "blue", "net1");
        _tracker.Report(new OperationPhase.Begun("r1", Sandbox, CniCommand.Add, Requested.By("r1", "c1")));
        _time.Advance(TimeSpan.FromSeconds(2));
        _tracker.Report(new OperationPhase.Planned("r1", Sandbox, []));
        _tracker.Report(new OperationPhase.PluginStarted("r1", Sandbox, plugin));
        _time.Advance(TimeSpan.FromSeconds(1));

        var view = Assert.Single(_tracker.Snapshot());

        Assert.Equal(("attaching", TimeSpan.FromSeconds(3)), (view.Step, view.Age));
        Assert.Equal(new PluginView(plugin, TimeSpan.FromSeconds(1)), Assert.Single(view.Plugins));
        _tracker.Report(new OperationPhase.PluginEnded("r1", Sandbox, plugin, null, ""));
        _tracker.Report(new OperationPhase.Routes("r1", Sandbox));
        Assert.Equal("routes", _tracker.Snapshot()[0].Step);
        _tracker.Report(new OperationPhase.Status("r1", Sandbox));
        view = _tracker.Snapshot()[0];
        Assert.Equal(("status", 0), (view.Step, view.Plugins.Length));
    }

    [Fact]
    public void What_is_done_is_not_shown_any_more_and_what_a_GC_does_is_told_apart_by_its_sandboxes()
    {
        _tracker.Report(new OperationPhase.Begun("gc", Sandbox, CniCommand.Del, Requested.By("gc", "c1")));
        _time.Advance(TimeSpan.FromSeconds(1));
        _tracker.Report(
            new OperationPhase.Begun("gc", SandboxId.Parse("c2"), CniCommand.Del, Requested.By("gc", "c2"))
        );

        Assert.Equal(["c1", "c2"], _tracker.Snapshot().Select(view => view.Sandbox.Value)); // the oldest first
        _tracker.Report(new OperationPhase.Done("gc", Sandbox, null));
        Assert.Equal(
            ("c2", "plugins"),
            Assert.Single(_tracker.Snapshot().Select(view => (view.Sandbox.Value, view.Step)))
        );
    }
}
