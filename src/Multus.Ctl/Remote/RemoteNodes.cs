using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Multus.Configuration;
using Multus.Ctl.Output;
using Multus.Kubernetes;
using Multus.Kubernetes.Api;
using Multus.Kubernetes.Api.Configuration;
using Multus.Kubernetes.Api.Credentials;
using Multus.Kubernetes.Api.Exec;
using Multus.Linux.Processes;
using Spectre.Console;

namespace Multus.Ctl.Remote;

/// <summary>Carries a command line out in the daemon's pods of other nodes.</summary>
/// <param name="kubeconfig">Leads to the API server; empty: it is looked for.</param>
/// <param name="selector">The labels of the pods.</param>
/// <param name="progress">Shows how far it is; null: nobody watches.</param>
internal sealed class RemoteNodes(string kubeconfig, string selector, IAnsiConsole? progress)
{
    private const int AtOnce = 32;
    private const string Program = "multusctl";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60); // for one node

    /// <param name="nodes">Their names; empty: all that have a pod of the daemon's.</param>
    /// <param name="args">The command line.</param>
    /// <exception cref="CtlException">The API server could not be asked, or a node has no such pod.</exception>
    public async Task<NodeAnswers> RunAsync(
        IReadOnlyCollection<string> nodes,
        IReadOnlyList<string> args,
        CancellationToken cancel
    )
    {
        using var processes = new ProcessRunner(TimeProvider.System);
        try
        {
            using var exec = new PodExec(
                AccessOf(),
                new ApiClusterSettings("", ProductVersion.Number) { Program = Program },
                new ExecPluginProcesses(processes),
                Environment.GetEnvironmentVariable,
                TimeProvider.System,
                NullLogger.Instance
            );
            var pods = await PodsOfAsync(exec, nodes, cancel);
            var answers = await AskAllAsync(exec, pods, args, cancel);
            return new NodeAnswers(answers) { ExitCode = answers.Max(static answer => answer.ExitCode) };
        }
        catch (Exception e) when (e is KubernetesException or ApiConfigurationException)
        {
            throw new CtlException(
                $"the daemons of other nodes cannot be asked: {e.Message} Name one with --kubeconfig FILE; its user "
                    + "needs list on pods, and get and create on pods/exec.",
                e
            );
        }
    }

    private async Task<ImmutableArray<DaemonPod>> PodsOfAsync(
        PodExec exec,
        IReadOnlyCollection<string> nodes,
        CancellationToken cancel
    )
    {
        var pods = await exec.FindAsync(selector, nodes.Count == 1 ? nodes.First() : "", cancel);
        if (nodes.Count > 0)
            pods = [.. pods.Where(pod => nodes.Contains(pod.Node, StringComparer.Ordinal))];
        var without = nodes.Except(pods.Select(pod => pod.Node), StringComparer.Ordinal).ToList();
        if (without.Count > 0 || pods.IsEmpty)
        {
            var where = without.Count > 0 ? $"on node {string.Join(", ", without)}" : "in the cluster";
            throw new CtlException(
                $"there is no pod with the labels {selector} {where}. Name the labels of the daemon's pods with "
                    + "--selector, or the node as kubectl get nodes does."
            );
        }

        return pods;
    }

    private async Task<ImmutableArray<NodeAnswer>> AskAllAsync(
        PodExec exec,
        ImmutableArray<DaemonPod> pods,
        IReadOnlyList<string> args,
        CancellationToken cancel
    )
    {
        if (progress is null || pods.Length == 1)
            return await AskAllAsync(exec, pods, args, () => { }, cancel);
        return await progress
            .Progress()
            .AutoClear(true)
            .StartAsync(async context =>
            {
                var bar = context.AddTask("nodes", maxValue: pods.Length);
                return await AskAllAsync(exec, pods, args, () => bar.Increment(1), cancel);
            });
    }

    private static async Task<ImmutableArray<NodeAnswer>> AskAllAsync(
        PodExec exec,
        ImmutableArray<DaemonPod> pods,
        IReadOnlyList<string> args,
        Action one,
        CancellationToken cancel
    )
    {
        var answers = new NodeAnswer[pods.Length];
        await Parallel.ForAsync(
            0,
            pods.Length,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel },
            async (index, token) =>
            {
                answers[index] = await AskAsync(exec, pods[index], args, token);
                one();
            }
        );
        return [.. answers];
    }

    private static async Task<NodeAnswer> AskAsync(
        PodExec exec,
        DaemonPod pod,
        IReadOnlyList<string> args,
        CancellationToken cancel
    )
    {
        if (!pod.IsRunning)
            return Silent(pod, $"its pod {pod.Namespace}/{pod.Name} does not run: see kubectl describe pod");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Patience);
        try
        {
            var result = await exec.RunAsync(pod, [Program, .. args], limit.Token);
            return new NodeAnswer(pod.Node, result.ExitCode, result.Stdout, result.Stderr.Trim());
        }
        catch (KubernetesException e)
        {
            return Silent(pod, e.Message);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return Silent(pod, $"it did not answer within {Patience.TotalSeconds:0} s");
        }
    }

    private static NodeAnswer Silent(DaemonPod pod, string why) => new(pod.Node, ExitCode.NoAnswer, "", why);

    private ApiAccess AccessOf()
    {
        var named = kubeconfig.Length > 0 ? kubeconfig : Environment.GetEnvironmentVariable("KUBECONFIG") ?? "";
        var usual = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".kube", "config");
        if (named.Length == 0 && !ClusterAccess.IsInCluster(Environment.GetEnvironmentVariable) && File.Exists(usual))
            named = usual;
        return ClusterAccess.Find(named, "", InCluster.DefaultFolder, Environment.GetEnvironmentVariable);
    }
}
