using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Multus.Core.Networks;
using Multus.Core.Pods;
using Multus.Kubernetes.Folder;
using Multus.TestSupport.Daemons;

namespace Multus.Kubernetes.Tests.Folder;

/// <summary>A folder cluster on two folders of its own, with its log kept; everything is removed at the end.</summary>
internal sealed class FolderFixture : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("multus-folder-").FullName;

    public FolderFixture(bool withManifestDir = true)
    {
        if (withManifestDir)
            Directory.CreateDirectory(ManifestDir);
        Cluster = new FolderCluster(new FolderClusterSettings(ManifestDir, StatusDir), Log, new FastTime());
    }

    public string ManifestDir => Path.Combine(_root, "manifests");

    public string StatusDir => Path.Combine(_root, "status");

    public FolderCluster Cluster { get; }

    public MemoryLog<FolderCluster> Log { get; } = new();

    public void Dispose()
    {
        Cluster.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    public void Write(string name, string text) => File.WriteAllText(Path.Combine(ManifestDir, name), text);

    public Task<Pod?> PodAsync(string name, string ns = "default") =>
        Cluster.GetPodAsync(new PodKey(ns, name), CancellationToken.None);

    /// <summary>Asks for a pod, which must fail as what will be tried again, and gives the reason.</summary>
    public async Task<string> RefusedAsync(string name, string ns = "default")
    {
        var refused = await Assert.ThrowsAsync<KubernetesException>(() => PodAsync(name, ns));
        Assert.True(refused.IsTransient);
        return refused.Message;
    }

    public Task<NetworkAttachmentDefinition?> NetworkAsync(string name, string ns = "default") =>
        Cluster.GetNetworkAsync(new NetworkKey(ns, name), CancellationToken.None);

    public static string Pod(string name, string networks = "net1", string ns = "default", string? uid = null) =>
        $"""
            apiVersion: v1
            kind: Pod
            metadata:
              name: {name}
              namespace: {ns}
              {(uid is null ? "" : $"uid: {uid}")}
              annotations:
                {NetworkSelectionParser.NetworksAnnotation}: {networks}

            """;
}

/// <summary>Runs every timer fifty times as fast, so that no test waits for an interval of the product.</summary>
internal sealed class FastTime : TimeProvider
{
    private const int Factor = 50;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Faster(dueTime), Faster(period));

    private static TimeSpan Faster(TimeSpan time) => time < TimeSpan.Zero ? time : time / Factor;
}

/// <summary>Keeps every line.</summary>
internal sealed class MemoryLog<T> : ILogger<T>
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyList<string> Lines => [.. _lines];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => _lines.Enqueue($"{logLevel}: {formatter(state, exception)}");
}

/// <summary>A watch on a cluster, its changes handed out one by one.</summary>
internal sealed class Watch : IAsyncDisposable
{
    private readonly Channel<ClusterChange> _changes = Channel.CreateUnbounded<ClusterChange>();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public Watch(IClusterApi cluster) =>
        _running = cluster.WatchAsync(change => _changes.Writer.TryWrite(change), _stop.Token);

    public async Task<ClusterChange> NextAsync() => await _changes.Reader.ReadAsync().AsTask().WaitAsync(Wait.Patience);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(Wait.Patience);
        _stop.Dispose();
    }
}
