using System.Collections.Concurrent;
using System.Collections.Immutable;
using Multus.Actors.PendingDeletes;
using Multus.Actors.Sandboxes;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Engine.Requests;
using Multus.Engine.State;

namespace Multus.Actors.Tests.Fakes;

/// <summary>Stored DELs in memory, on a disk that may hang.</summary>
internal sealed class FakeFolder : IPendingDeleteFolder, IDisposable
{
    private static readonly Action Nobody = () => { };

    private Action _onChange = Nobody;
    private int _looks;
    private int _watchesEnded;

    public ConcurrentDictionary<string, Func<SandboxRequest>> Stored { get; } = [];

    public ConcurrentQueue<string> SetAsides { get; } = [];

    public Exception? SetAsideFailure { get; set; }

    public Exception? WatchFailure { get; set; }

    public bool IsWatched => _onChange != Nobody;

    /// <summary>What all that the daemon's part for stored DELs does here waits for, as for a disk that hangs.</summary>
    public Task Disk { get; set; } = Task.CompletedTask;

    public Exception? ListFailure { get; set; }

    /// <summary>How many looks into the folder have begun.</summary>
    public int Looks => Volatile.Read(ref _looks);

    public string Path => "/fake/pending";

    public void Store(string name, Func<SandboxRequest> read)
    {
        Stored[name] = read;
        _onChange();
    }

    // What comes while it hangs is not seen.
    public IReadOnlyList<StoredDelete> List()
    {
        StoredDelete[] stored =
        [
            .. Stored.Keys.Order(StringComparer.Ordinal).Select(name => new StoredDelete(name, Since)),
        ];
        Interlocked.Increment(ref _looks);
        Disk.Wait();
        return ListFailure is { } failure ? throw failure : stored;
    }

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

    public CniRequest.OfSandbox? Read(string name)
    {
        Disk.Wait();
        return Stored.TryGetValue(name, out var read) ? new CniRequest.Detach(read(), name) : null;
    }

    public bool Contains(string name)
    {
        Disk.Wait();
        return Stored.ContainsKey(name);
    }

    public bool IsStored(SandboxId sandbox, InterfaceName ifName) => Stored.ContainsKey(NameOf(sandbox, ifName));

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
        Disk.Wait();
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
        Disk.Wait();
        _onChange = onChange;
        return this;
    }

    /// <summary>How many watches were ended.</summary>
    public int WatchesEnded => Volatile.Read(ref _watchesEnded);

    public void Dispose()
    {
        _onChange = Nobody;
        Interlocked.Increment(ref _watchesEnded);
    }
}
