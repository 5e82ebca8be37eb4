using System.Collections.Concurrent;
using Multus.Cni;
using Multus.Cni.Runtime;
using Multus.Engine.Plugins;
using Multus.Linux.Processes;

namespace Multus.Thin.Orphans;

/// <summary>
/// Runs plugins, and none for a sandbox for which those of a killed process still run: what they make after its DEL
/// would be nobody's. A daemon looks once, when it starts; here nothing starts, so each sandbox has its mark.
/// </summary>
/// <remarks>
/// The first plugin of a sandbox is run under the sandbox's lock, so nobody of the living is in between.
/// </remarks>
internal sealed class GuardedPlugins : IPluginInvoker, IDisposable
{
    private const string Container = "CNI_CONTAINERID";

    // As the daemon's: host-local killed between making an address's file and writing its owner into it leaves an
    // address that no DEL finds.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly PluginProcesses _plugins;
    private readonly string _cniDir;
    private readonly RunningMarks _marks;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<SandboxId, Lazy<Task>> _begun = new();

    public GuardedPlugins(PluginProcesses plugins, string cniDir, RunningMarks marks, TimeProvider time, ILogger log)
    {
        _plugins = plugins;
        _cniDir = cniDir;
        _marks = marks;
        _time = time;
        _log = log;
    }

    public async Task<PluginOutput> InvokeAsync(PluginCall call, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (SandboxOf(call) is { } sandbox)
        {
            try
            {
                await _begun.GetOrAdd(sandbox, id => new Lazy<Task>(() => BeginAsync(id))).Value.ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return new PluginOutput.Failed(
                    new CniError(CniErrorCode.Io, $"was not run for {call.Command.ToWire()}: {e.Message}")
                )
                {
                    HasRun = false,
                };
            }
        }

        return await _plugins.InvokeAsync(call, cancel).ConfigureAwait(false);
    }

    /// <summary>Ends all that killed processes have left, whosever it was.</summary>
    public async Task EndOrphansAsync()
    {
        var outcome = await OrphanedDelegates.EndAsync(_cniDir, Grace, Patience, _time).ConfigureAwait(false);
        foreach (var orphan in outcome.Killed)
            ThinCallLog.OrphanKilled(_log, orphan.Pid, orphan.Marker);
        if (!outcome.AllGone)
            throw new IOException(
                $"plugins that an earlier {CommandLine.Name} has left running do not end within "
                    + $"{Patience.TotalSeconds:0} s"
            );
    }

    /// <summary>Removes the marks of those that are gone.</summary>
    /// <param name="sandbox">Of this sandbox; null: of all.</param>
    public void Sweep(SandboxId? sandbox)
    {
        foreach (var path in _marks.OfTheGone(sandbox))
            Remove(path, () => File.Delete(path));
    }

    /// <summary>No plugin runs any more.</summary>
    public void Dispose()
    {
        foreach (var sandbox in _begun.Keys)
            Remove(sandbox.Value, () => _marks.Remove(sandbox));
    }

    private async Task BeginAsync(SandboxId sandbox)
    {
        if (_marks.OfTheGone(sandbox).Count > 0)
            await EndOrphansAsync().ConfigureAwait(false);
        _marks.Make(sandbox);
        Sweep(sandbox);
    }

    private void Remove(string what, Action remove)
    {
        try
        {
            remove();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ThinCallLog.MarkLeft(_log, what, e.Message);
        }
    }

    private static SandboxId? SandboxOf(PluginCall call)
    {
        foreach (var (name, value) in call.Environment)
        {
            if (name == Container)
                return SandboxId.TryParse(value, out var id) ? id : null;
        }

        return null;
    }
}
