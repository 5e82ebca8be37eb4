using System.Collections.Immutable;
using Multus.Cni;
using Multus.Cni.Runtime;
using Multus.Linux.Processes;

namespace Multus.Actors.Delegates;

/// <summary>
/// Runs the processes of one plugin type and tells its parent how each ended; when it stops, none of them is left
/// running.
/// </summary>
internal sealed class DelegateActor : UntypedActor
{
    private readonly string _pluginType;
    private readonly DelegateSettings _settings;
    private readonly IProcessRunner _processes;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();

    public DelegateActor(string pluginType, DelegateSettings settings, IProcessRunner processes, ILogger log)
    {
        _pluginType = pluginType;
        _settings = settings;
        _processes = processes;
        _log = log;
    }

    public static Props PropsFor(string pluginType, DelegateSettings settings, IProcessRunner processes, ILogger log) =>
        Props.Create(() => new DelegateActor(pluginType, settings, processes, log));

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
        ImmutableArray<KeyValuePair<string, string>> environment;
        try
        {
            environment = PluginEnvironment.For(run.Call);
        }
        catch (CniException gone)
        {
            Context.Parent.Tell(new Ended(start.Ticket, new PluginOutput.Failed(gone.Error) { HasRun = false }));
            return;
        }

        var cancel = CancellationTokenSource.CreateLinkedTokenSource(run.Cancel, _stopping.Token);
        var spec = new ProcessSpec(
            run.Path,
            run.Call.Stdin,
            environment,
            _settings.Deadline,
            _settings.MaxStdout,
            _settings.MaxStderr
        );
        _processes
            .RunAsync(spec, cancel.Token)
            .PipeTo(
                Self,
                success: result => new Ran(start.Ticket, cancel, result, null),
                failure: crash => new Ran(start.Ticket, cancel, null, crash)
            );
    }

    private void OnRan(Ran ran)
    {
        ran.Cancel.Dispose();
        var call = ran.Ticket.Run.Call;
        var output = ran.Result is { } result
            ? PluginOutputs.From(result, call, _settings)
            : new PluginOutput.Failed(new CniError(CniErrorCode.Internal, $"could not be run: {ran.Crash?.Message}"));
        if (output is PluginOutput.Failed failed)
            DelegateLog.PluginFailed(
                _log,
                _pluginType,
                call.Command.ToWire(),
                call.Network,
                failed.Error.Text,
                ran.Crash
            );
        if (ran.Result is { Stderr.IsEmpty: false } spoke)
            DelegateLog.PluginStderr(
                _log,
                _pluginType,
                call.Command.ToWire(),
                call.Network,
                PluginOutputs.Text(spoke.Stderr.Span)
            );
        Context.Parent.Tell(new Ended(ran.Ticket, output));
    }

    internal sealed record Start(DelegatesActor.Ticket Ticket);

    internal sealed record Ended(DelegatesActor.Ticket Ticket, PluginOutput Output);

    private sealed record Ran(
        DelegatesActor.Ticket Ticket,
        CancellationTokenSource Cancel,
        ProcessResult? Result,
        Exception? Crash
    );
}
