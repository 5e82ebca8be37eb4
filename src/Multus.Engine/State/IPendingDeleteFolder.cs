using System.Collections.Immutable;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Engine.Attach;
using Multus.Engine.Ports;
using Multus.Engine.Requests;

namespace Multus.Engine.State;

/// <summary>Where stored DELs wait. Its files are in the wire format.</summary>
public interface IPendingDeleteFolder
{
    /// <summary>The folder, for messages.</summary>
    string Path { get; }

    /// <summary>The stored DELs, oldest first; none if there is no folder.</summary>
    /// <exception cref="IOException">The folder is there and cannot be read.</exception>
    IReadOnlyList<StoredDelete> List();

    /// <summary>
    /// Stores a DEL of the request's sandbox, whatever its verb: exactly the file that the shim would have stored, so
    /// that there is one at most. When this returns, it survives a crash of the daemon and of the node.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="network">Of one interface of a running pod: its network; the DEL is of this interface alone. Null:
    /// of the sandbox.</param>
    /// <exception cref="IOException">It is not stored.</exception>
    void Store(SandboxRequest request, NetworkConfiguration? network);

    /// <summary>Reads a stored DEL.</summary>
    /// <returns>A <see cref="CniRequest.Detach"/> or an <see cref="CniRequest.Unplug"/> that knows what it is stored
    /// as; null if it is gone.</returns>
    /// <exception cref="PendingDeleteException">It is no valid DEL and will never be one; the text says
    /// why.</exception>
    /// <exception cref="CniException">It is one; the configuration, its own or the daemon's, does not let it be carried
    /// out.</exception>
    CniRequest.OfSandbox? Read(string name);

    /// <summary>Whether a DEL of this name is still stored.</summary>
    bool Contains(string name);

    /// <summary>Whether a DEL of this container's interface is stored.</summary>
    bool IsStored(SandboxId sandbox, InterfaceName ifName);

    /// <summary>
    /// Forgets the stored DEL of a container's interface, if there is one, given up or not: it is done, or an ADD of
    /// the same begins anew. Only the sandbox's own operations call it, one at a time: so what is forgotten is never
    /// newer than what was done.
    /// </summary>
    /// <exception cref="IOException">It is there and cannot be removed.</exception>
    void Forget(SandboxId sandbox, InterfaceName ifName);

    /// <summary>
    /// Forgets a stored DEL by its name; that there is none is fine. As <see cref="Forget"/>, for the operator may have
    /// given it another name.
    /// </summary>
    /// <exception cref="IOException">It is there and cannot be removed.</exception>
    void Remove(string name);

    /// <summary>
    /// Takes a stored DEL out of those that are repeated, and keeps it, with what may have stayed behind, until the
    /// operator has it tried again or drops it, or an ADD of the same container begins anew. Only the sandbox's own
    /// operations call it, as <see cref="Forget"/>.
    /// </summary>
    /// <exception cref="IOException">It is still stored.</exception>
    void GiveUp(string name, ImmutableArray<string> left);

    /// <summary>Whether the DEL of this container's interface was given up.</summary>
    bool IsGivenUp(SandboxId sandbox, InterfaceName ifName);

    /// <summary>How many were given up and wait for the operator.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    int CountGivenUp();

    /// <summary>
    /// Takes a stored DEL that can never be carried out out of the way, and keeps it for the operator to look at.
    /// </summary>
    /// <returns>Where it is kept.</returns>
    string SetAside(string name);

    /// <summary>Calls back, on any thread, whenever something may have been stored.</summary>
    /// <exception cref="IOException">The folder cannot be made or watched.</exception>
    IDisposable Watch(Action onChange);
}

/// <summary>A DEL that waits in the folder.</summary>
/// <param name="Name">Names it there.</param>
/// <param name="Since">When it was stored, or stored once more.</param>
public sealed record StoredDelete(string Name, DateTimeOffset Since);

/// <summary>A stored DEL cannot be read as one.</summary>
public sealed class PendingDeleteException(string message, Exception? inner = null) : Exception(message, inner);
