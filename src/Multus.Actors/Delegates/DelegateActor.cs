using Multus.Cni.Runtime;
using Multus.Engine.Plugins;

namespace Multus.Actors.Delegates;

/// <summary>
/// Runs the processes of one plugin type and tells its parent how each ended; when it stops, none of them is left
/// running.
/// </summary>
internal sealed class DelegateActor : UntypedActor
{
    private readonly PluginProcesses _plugins;
    private readonly CancellationTokenSource _stopping = new();

    public DelegateActor(PluginProcesses plugins) => _plugins = plugins;

    public static Props PropsFor(PluginProcesses plugins) => Props.Create(() => new DelegateActor(plugins));

    protected override void PostStop() => _stopping.Cancel();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Start start:
                OnStart(start);
                break;
            case Ran ran:
                OnRan(ran);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnStart(Start start)
    {
        var run = start.Ticket.Run;
        var cancel = CancellationTokenSource.CreateLinkedTokenSource(run.Cancel, _stopping.Token);
        _ = _plugins
            .RunAsync(run.Call, run.Path, cancel.Token)
            .PipeTo(
                Self,
                success: output => new Ran(start.Ticket, cancel, output),
                failure: bug => new Ran(start.Ticket, cancel, PluginProcesses.NotRun(bug))
            );
    }

    private static void OnRan(Ran ran)
    {
        ran.Cancel.Dispose();
        Context.Parent.Tell(new Ended(ran.Ticket, ran.Output));
    }

    internal sealed record Start(DelegatesActor.Ticket Ticket);

    internal sealed record Ended(DelegatesActor.Ticket Ticket, PluginOutput Output);

    private sealed record Ran(DelegatesActor.Ticket Ticket, CancellationTokenSource Cancel, PluginOutput Output);
}
