using System.Collections.Immutable;
using System.CommandLine;
using Multus.Cni;
using Multus.Cni.Json;
using Multus.Cni.Runtime;
using Multus.Configuration;
using Multus.Core.Garbage;
using Multus.Core.Pods;
using Multus.Ctl.Daemons;
using Multus.Ctl.Nodes;
using Multus.Ctl.Output;
using Multus.Engine.Gc;
using Multus.Engine.Kernel;
using Multus.Engine.State;
using Multus.Kubernetes;
using Multus.Kubernetes.Runtimes;
using Multus.Linux.Namespaces;
using Multus.Linux.Netlink;
using Multus.Wire;

namespace Multus.Ctl.Garbage;

/// <summary>
/// <c>multusctl gc</c>: asks the daemon for a GC with the sandboxes that the container runtime lists, as a runtime
/// does that knows CNI 1.1.
/// </summary>
internal static class GcCommand
{
    public static Command Create(Session session)
    {
        var command = new ExampledCommand(
            "gc",
            "Has the daemon detach the sandboxes that the container runtime does not list, and plugins free the rest",
            ("multusctl gc", "collect, and say what was collected")
        );
        session.Answers(command, (line, cancel) => AskAsync(NodeConfiguration.Of(session, line), cancel));
        return command;
    }

    private static async Task<Answer> AskAsync(NodeConfiguration node, CancellationToken cancel)
    {
        var listed = await ListedAsync(node, cancel);
        var files = new SandboxFiles(node.Settings.CniDir);
        try
        {
            var before = new SandboxReader(files).Stream().ToList();
            var living = await LivingAsync(before, listed, node, cancel);
            var daemon = new DaemonClient(node.Daemon);
            var refused = await daemon.RunAsync(BodyOf(node, living), cancel);
            var after = new SandboxReader(files)
                .Stream()
                .Select(found => found.Known.Id.Value)
                .ToHashSet(StringComparer.Ordinal);
            return new GcAnswer(
                [
                    .. before
                        .Where(found => !after.Contains(found.Known.Id.Value))
                        .Select(found => new CollectedSandbox(
                            found.Known.Id.Value,
                            found.Known.Pod.IsPod ? found.Known.Pod.Key.ToString() : "",
                            [.. found.Known.Attachments.Select(attachment => attachment.Network)]
                        )),
                ],
                living.Count,
                refused?.Text
            )
            {
                ExitCode = refused is null ? ExitCode.Success : ExitCode.Trouble,
            };
        }
        catch (HttpRequestException e)
        {
            throw new CtlException(
                $"nobody answers on {WirePaths.Socket(node.Daemon.SocketDir)}: {e.Message}; see that the daemon of "
                    + "this node runs",
                e
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CniException)
        {
            throw new CtlException($"what is kept in {node.Settings.CniDir} cannot be read: {e.Message}", e);
        }
    }

    private static async Task<IReadOnlySet<string>> ListedAsync(NodeConfiguration node, CancellationToken cancel)
    {
        try
        {
            return await new CriSandboxes(RuntimeSockets.Of(node.Daemon), TimeProvider.System).ListAsync(cancel)
                ?? throw new CtlException(
                    "no container runtime says which sandboxes there are, so nothing may be freed; name its socket "
                        + "with containerRuntimeSocket in the daemon's configuration"
                );
        }
        catch (KubernetesException e)
        {
            throw new CtlException($"{e.Message}; nothing was freed", e);
        }
    }

    // A runtime may list a sandbox only when its network is ready. What is listed by nobody is gone when the kernel
    // says so, too.
    private static async Task<List<string>> LivingAsync(
        List<FoundSandbox> known,
        IReadOnlySet<string> listed,
        NodeConfiguration node,
        CancellationToken cancel
    )
    {
        var living = listed.ToList();
        var evidenceOf = new StaleEvidenceReader(
            new KernelNetNs(new LinkInspector(), new RouteTable()),
            listed,
            HeldNamespaces.Inodes()
        );
        foreach (var sandbox in known)
        {
            var id = sandbox.Known.Id.Value;
            if (listed.Contains(id))
                continue;
            var record = Path.Combine(node.Settings.CniDir, id);
            var isYoung =
                File.Exists(record)
                && TimeProvider.System.GetUtcNow() - File.GetLastWriteTimeUtc(record) < node.Daemon.StaleSandboxGrace;
            var evidence = await evidenceOf.OfAsync(sandbox, cancel);
            if (isYoung || !StaleRules.HasVanished(evidence, Boot.Id, needsRuntime: true))
                living.Add(id);
        }

        return living;
    }

    private static CniRequestBody BodyOf(NodeConfiguration node, List<string> living)
    {
        var draft = JsonDraft.From(CniJson.Parse(node.Request));
        draft.Set("cniVersion", CniVersion.Latest.ToString()); // below it there is no GC
        ValidAttachment.WriteList(draft, [.. living.Select(id => new ValidAttachment(id, "eth0"))]);
        return new CniRequestBody(node.RequestEnvironment(CniCommand.Gc), draft.ToBytes());
    }
}
