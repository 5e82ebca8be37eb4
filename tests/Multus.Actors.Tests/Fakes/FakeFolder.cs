using System.Collections.Concurrent;
using System.Collections.Immutable;
using Multus.Actors.PendingDeletes;
using Multus.Actors.Sandboxes;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Engine.Requests;
using Multus.Engine.State;

namespace Multus.Actors.Tests.Fakes;

/// <summary>Stored DELs in memory.</summary>
internal sealed class FakeFolder : IPendingDeleteFolder, IDisposable
{
    private static readonly Action Nobody = () => { };

    private Action _onChange = Nobody;

    public ConcurrentDictionary<string, Func<SandboxRequest>> Stored { get; } = [];

    public ConcurrentQueue<string> SetAsides { get; } = [];

    public Exception? SetAsideFailure { get; set; }

    public Exception? WatchFailure { get; set; }

    public bool IsWatched => _onChange != Nobody;

    public string Path => "/fake/pending";

    public void Store(string name, Func<SandboxRequest> read)
    {
        Stored[name] = read;
        _onChange();
    }

    public IReadOnlyList<StoredDelete> List() =>
        [.. Stored.Keys.Order(StringComparer.Ordinal).Select(name => new StoredDelete(name, Since))];

    /// <summary>Every request of which a DEL was stored by the daemon.</summary>
    public ConcurrentQueue<SandboxRequest> StoredByDaemon { get; } = [];

    public DateTimeOffset Since { get; set; } = DateTimeOffset.UnixEpoch;

    public Exception? StoreFailure { get; set; }

    public void Store(SandboxRequest request, NetworkConfiguration? network)
    {
        if (StoreFailure is { } failure)
            throw failure;
        StoredByDaemon.Enqueue(request);
        Store(NameOf(request.Sandbox, request.IfName), () => request);
    }

    public CniRequest.OfSandbox? Read(string name) =>
        Stored.TryGetValue(name, out var read) ? new CniRequest.Detach(read(), name) : null;

    public bool Contains(string name) => Stored.ContainsKey(name);

    public bool IsStored(SandboxId sandbox, InterfaceName ifName) => Contains(NameOf(sandbox, ifName));

    public void Forget(SandboxId sandbox, InterfaceName ifName) => Remove(NameOf(sandbox, ifName));

    /// <summary>What was given up, and what may have stayed behind.</summary>
    public ConcurrentDictionary<string, ImmutableArray<string>> GivenUp { get; } = [];

    public void GiveUp(string name, ImmutableArray<string> left)
    {
        GivenUp[name] = left;
        Stored.TryRemove(name, out _);
    }

    public bool IsGivenUp(SandboxId sandbox, InterfaceName ifName) => GivenUp.ContainsKey(NameOf(sandbox, ifName));

    public int CountGivenUp() => GivenUp.Count;

    public static string NameOf(SandboxId sandbox, InterfaceName ifName) => $"{sandbox}.{ifName}";

    public void Remove(string name)
    {
        Stored.TryRemove(name, out _);
        GivenUp.TryRemove(name, out _);
    }

    public string SetAside(string name)
    {
        if (SetAsideFailure is { } failure)
            throw failure;
        Stored.TryRemove(name, out _);
        SetAsides.Enqueue(name);
        return name + ".invalid";
    }

    public IDisposable Watch(Action onChange)
    {
        if (WatchFailure is { } failure)
            throw failure;
        _onChange = onChange;
        return this;
    }

    public void Dispose() => _onChange = Nobody;
}
