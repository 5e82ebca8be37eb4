using System.Diagnostics;
using Multus.TestSupport;

namespace Multus.EndToEnd.Tests.Nodes;

/// <summary>Runs the published shim, or the thin plugin, as the container runtime of a node does.</summary>
public sealed class Shim(NodeFolders folders, string nodeNetNs)
{
    // As long as one plugin may run (multus.delegates.deadline).
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Lock _lock = new();
    private readonly List<Process> _running = []; // guarded by _lock

    /// <summary>SIGKILL of all that run.</summary>
    public void KillNow()
    {
        lock (_lock)
        {
            foreach (var process in _running)
                process.Kill();
        }
    }

    /// <summary>A signal to all that run.</summary>
    public void Signal(string name)
    {
        lock (_lock)
        {
            foreach (var process in _running)
                ProcessTool.Run("kill", $"-{name}", $"{process.Id}");
        }
    }

    /// <summary>
    /// Runs one verb for a pod (null: for the node, as STATUS and VERSION are) and returns how it ended.
    /// </summary>
    /// <exception cref="OperationCanceledException">It was killed because <paramref name="kill"/> asked for
    /// it.</exception>
    public async Task<ShimRun> Run(
        string binary,
        string command,
        TestPod? pod,
        ShimOptions options,
        IEnumerable<KeyValuePair<string, string>> environment,
        CancellationToken kill
    )
    {
        using var process = new Process();
        process.StartInfo = StartInfo(binary, command, pod, options);
        foreach (var (name, value) in environment)
            process.StartInfo.Environment[name] = value;
        lock (_lock)
        {
            process.Start();
            _running.Add(process);
        }

        try
        {
            return await Finish(process, $"{command} of {pod?.Name ?? "the node"}", options, kill);
        }
        finally
        {
            lock (_lock)
                _running.Remove(process);
        }
    }

    private static async Task<ShimRun> Finish(Process process, string what, ShimOptions options, CancellationToken kill)
    {
        var stdout = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var stderr = process.StandardError.ReadToEndAsync(CancellationToken.None);
        await Give(process, options.Stdin!);

        try
        {
            using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, kill);
            await process.WaitForExitAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            kill.ThrowIfCancellationRequested();
            throw new TimeoutException($"{what} was still running after {Patience.TotalSeconds} s");
        }

        return new ShimRun(what, process.ExitCode, await stdout, await stderr);
    }

    private static async Task Give(Process process, string stdin)
    {
        try
        {
            await process.StandardInput.WriteAsync(stdin);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended without reading: VERSION needs no configuration. What it said is in the outcome.
        }
    }

    private ProcessStartInfo StartInfo(string binary, string command, TestPod? pod, ShimOptions options)
    {
        var start = new ProcessStartInfo("nsenter", [$"--net={nodeNetNs}", binary])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin";
        start.Environment["CNI_COMMAND"] = command;
        start.Environment["CNI_PATH"] = folders.Plugins;
        if (pod is null)
            return start;

        start.Environment["CNI_CONTAINERID"] = pod.Sandbox;
        start.Environment["CNI_IFNAME"] = "eth0";
        start.Environment["CNI_ARGS"] = ArgsOf(pod) + options.MoreArgs;
        if (options.WithNetNs)
            start.Environment["CNI_NETNS"] = pod.NetNs;
        return start;
    }

    /// <summary>CNI_ARGS as containerd writes them.</summary>
    public static string ArgsOf(TestPod pod) =>
        $"IgnoreUnknown=1;K8S_POD_NAMESPACE={pod.Namespace};K8S_POD_NAME={pod.Name};K8S_POD_INFRA_CONTAINER_ID={pod.Sandbox};K8S_POD_UID={pod.Uid}";
}

/// <param name="CniVersion">Of the runtime's configuration.</param>
/// <param name="WaitSeconds">How long the shim waits for a daemon that is away.</param>
/// <param name="WithNetNs">Whether CNI_NETNS is there; a DEL may come without.</param>
/// <param name="Stdin">The whole configuration, instead of the usual one.</param>
public sealed record ShimOptions(
    string CniVersion = "1.0.0",
    double WaitSeconds = 60,
    bool WithNetNs = true,
    string? Stdin = null
)
{
    /// <summary>Behind the arguments about the pod, each with a semicolon in front.</summary>
    public string MoreArgs { get; init; } = "";

    /// <summary>Further members of the thin plugin's configuration, each with a comma in front.</summary>
    public string MoreConfiguration { get; init; } = "";
}
