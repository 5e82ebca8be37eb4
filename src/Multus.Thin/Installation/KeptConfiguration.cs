using System.Text.Json;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Core.Generation;
using Multus.Engine.Installation;
using Multus.Linux.Files;

namespace Multus.Thin.Installation;

/// <summary>The runtime's configuration on a node without a daemon, kept by <c>multus install</c>.</summary>
/// <param name="options">What was asked for.</param>
/// <param name="settings">The same, for the keeper.</param>
/// <param name="log">Says what changes.</param>
internal sealed class KeptConfiguration(InstallOptions options, RuntimeConfigSettings settings, ILogger log)
{
    private const string Aside = ".old";

    private RuntimeConfigKeeper _keeper = KeeperOf(settings, log);
    private bool _follows = true;
    private string _renamed = ""; // the cluster network's file, before it was

    /// <summary>Writes it.</summary>
    /// <returns>Why it could not be written; null: it was.</returns>
    public async Task<string?> WriteOnceAsync(CancellationToken stop)
    {
        UndoEarlierRename();
        await _keeper.LookAsync(stop);
        await AfterLookAsync(stop);
        return _keeper.State is { IsUsable: true, Trouble: "" } ? null : _keeper.State.Trouble;
    }

    /// <summary>Keeps it until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        UndoEarlierRename();
        using var timer = new PeriodicTimer(RuntimeConfigKeeper.Interval);
        try
        {
            do
            {
                await _keeper.LookAsync(stop);
                await AfterLookAsync(stop);
            } while (await timer.WaitForNextTickAsync(stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            if (!options.RemovesConfigurationOnExit || IsNetworkBack())
                _keeper.End();
        }
    }

    // From now on it is what it is.
    private async Task AfterLookAsync(CancellationToken stop)
    {
        // With trouble what is there may be an older file, which names the network that would be renamed.
        var isWritten = _keeper.State is { IsUsable: true, ClusterNetwork.Length: > 0, Trouble: "" };
        if (!_follows || !isWritten || (options.FollowsNetwork && !options.RenamesNetwork))
            return;
        if (ReadWritten() is not { } content)
            return; // taken away already: the next look puts it back

        _follows = false;
        if (options.RenamesNetwork)
            Rename(_keeper.State.ClusterNetwork);
        _keeper = KeeperOf(
            settings with
            {
                Template = null,
                NetworkFolder = "",
                MasterFile = "",
                FixedContent = content,
                Settle = TimeSpan.Zero,
            },
            log
        );
        await _keeper.LookAsync(stop);
    }

    // What an installer before this one has renamed is the cluster network still, and not the file behind it in the
    // order of names. Until it is renamed again, the runtime has the configuration that it is in.
    private void UndoEarlierRename()
    {
        if (!options.RenamesNetwork || !Directory.Exists(options.NetworkDir))
            return;
        foreach (var aside in Directory.EnumerateFiles(options.NetworkDir, $"*{Aside}").Order(StringComparer.Ordinal))
        {
            var network = aside[..^Aside.Length];
            try
            {
                if (!ClusterNetworkFile.IsCandidate(Path.GetFileName(network)) || File.Exists(network) || !IsIn(aside))
                    continue;
                File.Move(aside, network);
                return;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                ThinCallLog.NetworkNotRenamed(log, aside, network, e.Message);
            }
        }
    }

    // Whether it is the network that the runtime's configuration has.
    private bool IsIn(string aside)
    {
        try
        {
            return File.Exists(settings.Path)
                && CniJson.TryGetIgnoringCase(CniJson.Parse(RegularFile.Read(settings.Path)), "delegates", out var all)
                && all is { ValueKind: JsonValueKind.Array }
                && all.GetArrayLength() == 1
                && JsonElement.DeepEquals(all[0], CniJson.Parse(RegularFile.Read(aside)));
        }
        catch (Exception e) when (e is JsonException or CniException)
        {
            return false; // one of the two is no configuration
        }
    }

    private byte[]? ReadWritten()
    {
        try
        {
            return RegularFile.Read(settings.Path);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private void Rename(string network)
    {
        try
        {
            File.Move(network, network + Aside, overwrite: true);
            _renamed = network;
            ThinCallLog.NetworkRenamed(log, network);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ThinCallLog.NetworkNotRenamed(log, network, network + Aside, e.Message);
        }
    }

    // The runtime's configuration is about to go, and with it the only copy that the runtime reads: first the cluster
    // network's file has to have its name again, or neither this node nor the next installer has a network.
    private bool IsNetworkBack()
    {
        if (!options.RenamesNetwork || (_renamed.Length == 0 && !_follows))
            return true;
        try
        {
            if (_renamed.Length == 0)
                return FolderHasNetwork(); // an installer before this one has renamed it
            if (!File.Exists(_renamed))
                File.Move(_renamed + Aside, _renamed);
            ThinCallLog.NetworkBack(log, _renamed);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ThinCallLog.NetworkNotRenamed(log, _renamed + Aside, _renamed, e.Message);
            return false;
        }
    }

    private bool FolderHasNetwork() =>
        Directory
            .EnumerateFiles(options.NetworkDir)
            .Any(path => ClusterNetworkFile.IsCandidate(Path.GetFileName(path)));

    private static RuntimeConfigKeeper KeeperOf(RuntimeConfigSettings settings, ILogger log) =>
        new(settings, new Ports(), TimeProvider.System, log);

    /// <summary>
    /// Whom a daemon would ask. An installer may not run the cluster network's plugins: what those read is the node's,
    /// and not in its container. The plugin itself answers for them, when the runtime asks.
    /// </summary>
    private sealed class Ports : IRuntimeConfigPorts
    {
        public Task<CniError?> AskStatusAsync(NetworkConfiguration network, CancellationToken cancel) =>
            Task.FromResult<CniError?>(null);

        // Not asked: the cluster network's version does, as with upstream's installer.
        public Task<CniVersion?> RuntimeVersionAsync(CancellationToken cancel) => Task.FromResult<CniVersion?>(null);

        public void Tell(string reason, string words) { } // the log has said it
    }
}
