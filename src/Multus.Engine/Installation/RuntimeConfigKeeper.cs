using System.Text.Json;
using Multus.Cni;
using Multus.Engine.Ports;

namespace Multus.Engine.Installation;

/// <summary>
/// Keeps the configuration by which the container runtime calls Multus: makes it from the cluster network's file,
/// follows that file, and puts back what others take away. Only whole files ever appear, by rename; the last good one
/// survives every error.
/// </summary>
public sealed class RuntimeConfigKeeper
{
    /// <summary>How often it looks: what was taken away is back within a second.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private const string Culprits =
        "Who removes it may be Cilium with cni.exclusive (key cni-exclusive of config map cilium-config: set it to "
        + "\"false\"; the agent's log then no longer says that it renames CNI configurations), the pod of another "
        + "Multus (delete its DaemonSet), or a script of the node";

    private readonly RuntimeConfigSettings _settings;
    private readonly IRuntimeConfigPorts _ports;
    private readonly ILogger _log;
    private readonly KeptFile _file;
    private readonly NetworkInUse _network;
    private string _trouble = "";
    private bool _isUninstalled;
    private RuntimeConfigState _state;

    /// <param name="settings">What it is made from.</param>
    /// <param name="ports">Whom it asks and tells.</param>
    /// <param name="time">Clock.</param>
    /// <param name="log">Says what changes.</param>
    public RuntimeConfigKeeper(
        RuntimeConfigSettings settings,
        IRuntimeConfigPorts ports,
        TimeProvider time,
        ILogger log
    )
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        _ports = ports;
        _log = log;
        _file = new KeptFile(settings.Path, time);
        _network = new NetworkInUse(settings, ports, time, log);
        _state = new RuntimeConfigState(settings.Path, "", "", IsUsable: false, 0, 0, IsGivenUp: false);
    }

    /// <summary>As of the last look; may be asked from any thread.</summary>
    public RuntimeConfigState State => Volatile.Read(ref _state);

    /// <summary>The process ends: the file stays, unless it was configured to go.</summary>
    public void End()
    {
        if (_settings.RemoveOnExit && !_isUninstalled)
            RemoveAtExit();
    }

    /// <summary>
    /// One look: what the file has to say, and whether it says so. One at a time, every <see cref="Interval"/>.
    /// </summary>
    public async Task LookAsync(CancellationToken stop)
    {
        var trouble = "";
        try
        {
            _isUninstalled = _settings.UninstalledMarker.Length > 0 && File.Exists(_settings.UninstalledMarker);
            if (_isUninstalled)
                trouble = Withdraw();
            else
                trouble = await KeepAsync(stop).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CniException or JsonException)
        {
            trouble = $"{_settings.Path} cannot be kept: {e.Message}";
        }
        catch (Exception bug) when (bug is not OperationCanceledException)
        {
            // Nobody foresaw it. A node whose daemon ends because of it starts no pod at all.
            trouble = $"{_settings.Path} cannot be kept, which is a bug: {bug.Message}";
            if (trouble != _trouble)
                RuntimeConfigLog.Crashed(_log, _settings.Path, bug);
        }

        Say(trouble);
    }

    private async Task<string> KeepAsync(CancellationToken stop)
    {
        var before = _network.Path;
        var (content, trouble) = await _network.LookAsync(stop).ConfigureAwait(false);
        if (content is { } text && (_file.Content is not { } known || !known.Span.SequenceEqual(text.Span)))
        {
            if (_file.Write(text))
                RuntimeConfigLog.Written(_log, _settings.Path, _network.Path);
            RemoveRival();
            if (before.Length > 0 && before != _network.Path)
                TellOfChange(before);
        }

        return ReactTo(_file.Look()) is { Length: > 0 } quarrel ? quarrel : trouble;
    }

    // Upstream's thin installer writes a list for cniVersion 1.0.0. The runtime would take it as soon as ours goes, and
    // the program that it names may be gone then.
    private void RemoveRival()
    {
        if (
            _settings.Path != BridgingFile.PathIn(_settings.Folder)
            && BridgingFile.Remove(_settings.Folder) is { } rival
        )
            RuntimeConfigLog.RivalRemoved(_log, rival);
    }

    private string ReactTo(KeptFileLook look)
    {
        switch (look)
        {
            case KeptFileLook.WasMissing or KeptFileLook.WasChanged:
                var what = look == KeptFileLook.WasMissing ? "was missing" : "was changed by somebody else";
                RuntimeConfigLog.PutBack(_log, _settings.Path, what);
                _ports.Tell(
                    EventTexts.RuntimeConfigurationRestored,
                    $"{_settings.Path}, by which the container runtime calls Multus, {what} and is put back; pods that "
                        + "were made meanwhile may have the cluster network only"
                );
                return "";
            case KeptFileLook.GivenUp:
                RuntimeConfigLog.GivenUp(_log, _settings.Path, KeptFile.MostRestorations, Culprits);
                _ports.Tell(EventTexts.RuntimeConfigurationTaken, Insisted);
                return Insisted;
            case KeptFileLook.LeftAlone:
                return Insisted;
            default:
                return "";
        }
    }

    private string Insisted =>
        $"{_settings.Path} was taken away more than {KeptFile.MostRestorations} times within a minute and is put back "
        + $"only every {KeptFile.Truce.TotalMinutes:0} minutes now: pods get the cluster network alone. {Culprits}";

    private void TellOfChange(string before)
    {
        RuntimeConfigLog.NetworkChanged(_log, before, _network.Path);
        _ports.Tell(
            EventTexts.ClusterNetworkChanged,
            $"the cluster network of new pods is {_network.Path} now; it was {before}"
        );
    }

    private string Withdraw()
    {
        if (_file.Withdraw())
            RuntimeConfigLog.Uninstalled(_log, _settings.Path, _settings.UninstalledMarker);

        return $"Multus was removed from this node with uninstall: {_settings.UninstalledMarker} is there; install "
            + "brings it back";
    }

    private void RemoveAtExit()
    {
        try
        {
            if (_file.Withdraw())
                RuntimeConfigLog.RemovedAtExit(_log, _settings.Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            RuntimeConfigLog.Trouble(_log, $"{_settings.Path} cannot be removed: {e.Message}");
        }
    }

    private void Say(string trouble)
    {
        if (trouble != _trouble && trouble.Length > 0)
            RuntimeConfigLog.Trouble(_log, trouble);
        else if (_trouble.Length > 0 && trouble.Length == 0)
            RuntimeConfigLog.Well(_log, _settings.Path);
        _trouble = trouble;
        Volatile.Write(
            ref _state,
            new RuntimeConfigState(
                _settings.Path,
                _network.Path,
                trouble,
                IsUsable: !_isUninstalled && File.Exists(_settings.Path),
                _file.Restored,
                _network.Changes,
                _file.IsGivenUp
            )
        );
    }
}
