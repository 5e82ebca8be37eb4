using System.Collections.Immutable;
using Multus.Cni;
using Multus.Cni.Runtime;
using Multus.Linux.Plugins;
using Multus.Linux.Processes;

namespace Multus.Engine.Plugins;

/// <summary>Runs plugins as child processes, as many at once as are asked for.</summary>
/// <param name="processes">Runs them.</param>
/// <param name="limits">Bounds of each.</param>
/// <param name="log">Hears of failures, and of what plugins say on stderr.</param>
/// <param name="root">In which the processes run and are looked up: <see cref="Ports.EnginePorts.PluginRoot"/>.</param>
public sealed class PluginProcesses(IProcessRunner processes, PluginLimits limits, ILogger log, string root = "")
    : IPluginInvoker
{
    public async Task<PluginOutput> InvokeAsync(PluginCall call, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(call);
        try
        {
            return await RunAsync(call, PluginFinder.Find(call.PluginType, call.PluginPath, root), cancel)
                .ConfigureAwait(false);
        }
        catch (CniException notFound)
        {
            return new PluginOutput.Failed(notFound.Error) { HasRun = false };
        }
    }

    /// <summary>Runs a plugin that has been found. Whatever goes wrong is the output.</summary>
    /// <param name="call">The call.</param>
    /// <param name="path">Its executable.</param>
    /// <param name="cancel">Kills it.</param>
    public async Task<PluginOutput> RunAsync(PluginCall call, string path, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(call);
        ImmutableArray<KeyValuePair<string, string>> environment;
        try
        {
            environment = PluginEnvironment.For(call);
        }
        catch (CniException gone)
        {
            return new PluginOutput.Failed(gone.Error) { HasRun = false };
        }

        var spec = new ProcessSpec(path, call.Stdin, environment, limits.Deadline, limits.MaxStdout, limits.MaxStderr);
        return await RunAsync(call, spec, cancel).ConfigureAwait(false);
    }

    /// <summary>The output of a plugin of which nobody knows whether it ran, for it is we who failed.</summary>
    public static PluginOutput.Failed NotRun(Exception crash)
    {
        ArgumentNullException.ThrowIfNull(crash);
        return new PluginOutput.Failed(new CniError(CniErrorCode.Internal, $"could not be run: {crash.Message}"));
    }

    private async Task<PluginOutput> RunAsync(PluginCall call, ProcessSpec spec, CancellationToken cancel)
    {
        ProcessResult result;
        try
        {
            result = await processes.RunAsync(spec, cancel).ConfigureAwait(false);
        }
        catch (Exception crash)
        {
            // The runner is broken: that is the run's outcome, whose network has to be undone like any other's.
            var broken = NotRun(crash);
            PluginLog.Failed(log, call.PluginType, call.Command.ToWire(), call.Network, broken.Error.Text, crash);
            return broken;
        }

        var output = PluginOutputs.From(result, call, limits);
        if (output is PluginOutput.Failed failed)
            PluginLog.Failed(log, call.PluginType, call.Command.ToWire(), call.Network, failed.Error.Text, null);
        if (!result.Stderr.IsEmpty)
        {
            output = output with { Stderr = PluginOutputs.Text(result.Stderr.Span) };
            PluginLog.Stderr(log, call.PluginType, call.Command.ToWire(), call.Network, output.Stderr);
        }

        return output;
    }
}
