using System.Text;
using Multus.Bench.Nodes;
using Multus.Bench.Workloads;
using Multus.Linux.Processes;

namespace Multus.Bench.Runs;

/// <summary>
/// The floor: the same delegates for the same pods, run by hand one after the other, without shim and daemon.
/// </summary>
internal sealed class DirectCalls(IProcessRunner processes, TimeProvider time, NodeFolder node, Workload workload)
{
    private const int OutputLimit = 1 << 20;

    /// <exception cref="BenchException">A delegate failed: then there is nothing to compare with.</exception>
    public async Task<Outcome> RunAsync(string verb, Pod pod, CancellationToken cancel)
    {
        var start = time.GetTimestamp();
        var cpu = TimeSpan.Zero;
        for (var i = 0; i < workload.Networks; i++)
        {
            var index = verb == "DEL" ? workload.Networks - 1 - i : i;
            var result = await RunDelegateAsync(verb, pod, index, cancel);
            if (result is not { End: ProcessEnd.Exited, Code: 0 })
                throw new BenchException(
                    $"the delegate {workload.Delegate} fails when run directly ({verb}, {result.Description}): {Shell.Text(result.Stdout)} {Shell.Text(result.Stderr)}"
                );
            cpu += result.Cpu;
        }

        return new Outcome(time.GetElapsedTime(start), cpu, null);
    }

    private Task<ProcessResult> RunDelegateAsync(string verb, Pod pod, int index, CancellationToken cancel) =>
        processes.RunAsync(
            new ProcessSpec(
                Path.Combine(node.BinFolder, workload.Delegate),
                Encoding.UTF8.GetBytes(node.DelegateConfiguration(index)),
                [
                    new("CNI_COMMAND", verb),
                    new("CNI_CONTAINERID", pod.ContainerId),
                    new("CNI_NETNS", pod.NetNs),
                    new("CNI_IFNAME", index == 0 ? "eth0" : $"net{index}"),
                    new("CNI_ARGS", "IgnoreUnknown=1"),
                    new("CNI_PATH", node.BinFolder),
                    new("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"),
                ],
                TimeSpan.FromMinutes(2),
                OutputLimit,
                OutputLimit
            ),
            cancel
        );
}
