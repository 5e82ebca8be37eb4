using System.Collections.Immutable;
using System.Net;
using Multus.Cni;
using Multus.Core.Pods;
using Multus.Ctl.Daemons;
using Multus.Ctl.Nodes;
using Multus.Engine.Networks;
using Multus.Engine.Requests;
using Multus.Engine.State;
using Multus.Linux.Files;
using Multus.Wire;

namespace Multus.Ctl.Audits;

/// <summary>
/// Releases what an audit has found, by the ways that there are: a DEL of the daemon's, a DEL that is stored for it,
/// the removal of a file. Each is judged anew right before.
/// </summary>
internal sealed class LeakRelease(NodeConfiguration node, NodeAudit audit, DaemonClient daemon)
{
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>What became of one.</summary>
    internal sealed record Outcome(Leak Leak, bool IsDone, string Words);

    /// <param name="leaks">Those that can be released.</param>
    public async Task<ImmutableArray<Outcome>> RunAsync(IEnumerable<Leak> leaks, CancellationToken cancel)
    {
        var outcomes = ImmutableArray.CreateBuilder<Outcome>();
        foreach (var leak in leaks)
        {
            try
            {
                outcomes.Add(
                    leak.Kind switch
                    {
                        LeakKind.Sandbox or LeakKind.CachedResult => await DeleteAsync(leak, cancel),
                        LeakKind.GivenUpDelete => Retry(leak),
                        LeakKind.HostLocalAddress => await RemoveAsync(leak, cancel),
                        _ => new Outcome(leak, false, leak.Remedy),
                    }
                );
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or CniException)
            {
                outcomes.Add(new Outcome(leak, false, e.Message));
            }
        }

        return outcomes.ToImmutable();
    }

    private async Task<Outcome> DeleteAsync(Leak leak, CancellationToken cancel)
    {
        // Of all that it has: where the runtime lists it, or has had it attached anew, it is not what was found.
        var listed = await audit.ListedAsync(cancel);
        if (listed?.Contains(leak.Sandbox) == true)
            return new Outcome(leak, false, "the container runtime lists it again: it is left alone");
        var sandbox = SandboxId.Parse(leak.Sandbox);
        var request = new SandboxRequest(
            "audit",
            sandbox,
            NetNs: null,
            InterfaceName.Parse(leak.IfName),
            PodOf(leak),
            node.Settings,
            node.PluginPath
        );
        var body = StoredDeleteBody.Of(request, network: null);
        try
        {
            return await daemon.RunAsync(body, cancel) is { } refused
                ? new Outcome(leak, false, $"the daemon refused the DEL: {refused.Text}")
                : new Outcome(leak, true, "detached by the daemon");
        }
        catch (HttpRequestException)
        {
            var folder = Path.Combine(node.Settings.CniDir, PendingDelete.FolderName);
            DurableFile.CreateFolder(folder, FolderMode);
            DurableFile.Replace(
                Path.Combine(folder, PendingDelete.FileName(sandbox, request.IfName)),
                body.ToJson(),
                FileMode
            );
            return new Outcome(
                leak,
                true,
                $"stored: nobody answers on {daemon.Socket}, the daemon does it when it runs"
            );
        }
    }

    private Outcome Retry(Leak leak) =>
        new StoredDeleteFiles(node.Settings.CniDir).Retry(Path.GetFileName(leak.Subject)) is StoredDeleteChange.Done
            ? new Outcome(leak, true, "stored again; the daemon tries it")
            : new Outcome(leak, false, "it is no longer there");

    private async Task<Outcome> RemoveAsync(Leak leak, CancellationToken cancel)
    {
        var listed = await audit.ListedAsync(cancel);
        var lease = HostLocalStore.Read(leak.Network, IPAddress.Parse(leak.Address), leak.Subject);
        if (lease is null)
            return new Outcome(leak, true, "it has been given back meanwhile");
        if (listed is null || lease.Container != leak.Sandbox || !audit.IsUnused(lease, listed))
            return new Outcome(leak, false, "it has changed since it was looked at: it is left alone");
        File.Delete(leak.Subject);
        return new Outcome(leak, true, "removed");
    }

    private static PodIdentity PodOf(Leak leak) =>
        leak.Pod.Split('/') is [var ns, var name] ? new PodIdentity(ns, name, leak.Sandbox, "") : PodIdentity.None;
}
