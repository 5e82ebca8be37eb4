using Multus.Core.Networks;
using Multus.Core.Pods;

namespace Multus.Kubernetes.Tests.Contract;

/// <summary>
/// A cluster behind the port, and the hand with which a contract test changes it. Everything it made is gone when
/// disposed.
/// </summary>
public abstract class ClusterWorld : IAsyncDisposable
{
    public abstract IClusterApi Api { get; }

    /// <summary>A namespace of this world's own; <see cref="OtherNamespace"/> is another.</summary>
    public abstract string Namespace { get; }

    public abstract string OtherNamespace { get; }

    public PodKey Pod(string name) => new(Namespace, name);

    public NetworkKey Network(string name) => new(Namespace, name);

    /// <summary>
    /// Makes a pod of this node, or gives one that exists another networks annotation; returns its UID.
    /// </summary>
    public abstract Task<string> PutPodAsync(PodKey key, string networks);

    public abstract Task RemovePodAsync(PodKey key);

    /// <param name="config">Null for a network whose configuration is on the node.</param>
    public abstract Task PutNetworkAsync(NetworkKey key, string? config);

    public abstract Task RemoveNetworkAsync(NetworkKey key);

    /// <summary>The pod's network-status as others read it; <c>null</c> when it has none.</summary>
    public abstract Task<string?> StatusAsync(PodKey key, string annotation);

    /// <summary>Differs whenever somebody has written to where the status is kept.</summary>
    public abstract Task<string?> StatusVersionAsync(PodKey key, string annotation);

    public abstract ValueTask DisposeAsync();
}

/// <summary>A world that can be put out of reach.</summary>
public interface IBreakableWorld
{
    Task BreakAsync();

    Task MendAsync();
}
