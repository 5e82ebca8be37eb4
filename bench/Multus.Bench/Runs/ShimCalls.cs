using Multus.Bench.Nodes;
using Multus.Linux.Processes;

namespace Multus.Bench.Runs;

/// <summary>
/// Runs the published shim as a container runtime does: a process per request, environment and stdin by the CNI
/// specification.
/// </summary>
internal sealed class ShimCalls(IProcessRunner processes, string shim, NodeFolder node)
{
    private const int OutputLimit = 1 << 20;

    private readonly byte[] _stdin = node.ShimConfiguration;

    public Task<Outcome> RunAsync(string verb, Pod pod, CancellationToken cancel) =>
        RunAsync(verb, pod, _stdin, cancel);

    /// <summary>GC with a list of these pods.</summary>
    public Task<Outcome> CollectAsync(IReadOnlyList<Pod> pods, CancellationToken cancel) =>
        RunAsync("GC", pods[0], node.GcConfiguration(pods), cancel);

    private async Task<Outcome> RunAsync(string verb, Pod pod, byte[] stdin, CancellationToken cancel)
    {
        var result = await processes.RunAsync(
            new ProcessSpec(
                shim,
                stdin,
                [
                    new("CNI_COMMAND", verb),
                    new("CNI_CONTAINERID", pod.ContainerId),
                    new("CNI_NETNS", pod.NetNs),
                    new("CNI_IFNAME", "eth0"),
                    new(
                        "CNI_ARGS",
                        $"IgnoreUnknown=1;K8S_POD_NAMESPACE={Pod.Namespace};K8S_POD_NAME={pod.Name};K8S_POD_INFRA_CONTAINER_ID={pod.ContainerId};K8S_POD_UID={pod.Uid}"
                    ),
                    new("CNI_PATH", node.BinFolder),
                    new("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"),
                ],
                TimeSpan.FromMinutes(2),
                OutputLimit,
                OutputLimit
            ),
            cancel
        );
        return new Outcome(result.Wall, result.Cpu, ErrorOf(verb, pod, result));
    }

    private static string? ErrorOf(string verb, Pod pod, ProcessResult result) =>
        result is { End: ProcessEnd.Exited, Code: 0 }
            ? null
            : $"{verb} {pod.Name}: shim {result.Description}: {Shell.Text(result.Stdout)} {Shell.Text(result.Stderr)}".TrimEnd();
}
