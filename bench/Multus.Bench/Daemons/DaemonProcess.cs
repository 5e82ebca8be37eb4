using System.Globalization;
using System.Net;
using Multus.Bench.Nodes;
using Multus.Bench.Runs;
using Multus.Linux.Processes;
using Multus.TestSupport;

namespace Multus.Bench.Daemons;

/// <summary>
/// One published daemon, from start to SIGTERM. A workload has one of its own, so that its peak memory is of that
/// workload.
/// </summary>
internal sealed class DaemonProcess : IAsyncDisposable
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongerThanAnyWorkload = TimeSpan.FromHours(2);

    private readonly Shell _shell;
    private readonly TimeProvider _time;
    private readonly NodeFolder _node;
    private readonly CancellationTokenSource _kill;
    private readonly Task<ProcessResult> _run;
    private bool _stopped;

    private DaemonProcess(Shell shell, TimeProvider time, NodeFolder node, string daemon, CancellationToken cancel)
    {
        _shell = shell;
        _time = time;
        _node = node;
        _kill = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var script =
            $"echo $$ >'{node.PidFile}'\nexport MULTUS_NODE_NAME={NodeFolder.NodeName}\nexec '{daemon}' -config '{node.DaemonConfiguration}' >'{node.DaemonLog}' 2>&1 </dev/null\n";
        _run = shell.StartAsync(script, LongerThanAnyWorkload, _kill.Token);
    }

    /// <summary>How long it took from start to ready.</summary>
    public TimeSpan StartTime { get; private set; }

    public static async Task<DaemonProcess> StartAsync(
        Shell shell,
        TimeProvider time,
        NodeFolder node,
        string daemon,
        CancellationToken cancel
    )
    {
        var process = new DaemonProcess(shell, time, node, daemon, cancel);
        try
        {
            await process.UntilReadyAsync(cancel);
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public int Pid => int.Parse(File.ReadAllText(_node.PidFile), CultureInfo.InvariantCulture);

    public DaemonUsage Usage() => DaemonUsage.Read(Pid);

    /// <summary>How long <c>/metrics</c> takes, one request after the other, each on a connection of its own.</summary>
    public async Task<double[]> ScrapeMillisecondsAsync(int times, CancellationToken cancel)
    {
        using var client = new HttpClient(UnixSocketHandler.For(Path.Combine(_node.SocketFolder, "multus.sock")));
        var milliseconds = new double[times];
        for (var i = 0; i < times; i++)
        {
            var start = TimeProvider.System.GetTimestamp();
            await client.GetByteArrayAsync("http://dummy/metrics", cancel);
            milliseconds[i] = TimeProvider.System.GetElapsedTime(start).TotalMilliseconds;
        }

        return milliseconds;
    }

    /// <summary>SIGTERM, then waits for it to drain and end.</summary>
    /// <exception cref="BenchException">It did not end in time, or not with status 0.</exception>
    public async Task StopAsync(CancellationToken cancel)
    {
        if (_run.IsCompleted)
            throw new BenchException(
                $"the daemon ended before it was asked to: {(await _run).Description}; its log: {Log()}"
            );

        _stopped = true;
        await _shell.RunAsync($"kill -TERM {File.ReadAllText(_node.PidFile)}", cancel);
        try
        {
            var result = await _run.WaitAsync(StopWithin, _time, cancel);
            if (result is not { End: ProcessEnd.Exited, Code: 0 })
                throw new BenchException(
                    $"the daemon ended with {result.Description} after SIGTERM, not with status 0; its log: {Log()}"
                );
        }
        catch (TimeoutException)
        {
            throw new BenchException(
                $"the daemon was still running {StopWithin.TotalSeconds} s after SIGTERM; its log: {Log()}"
            );
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stopped || !_run.IsCompleted)
        {
            await _kill.CancelAsync();
            await Task.WhenAny(_run);
        }

        _kill.Dispose();
    }

    private async Task UntilReadyAsync(CancellationToken cancel)
    {
        var start = _time.GetTimestamp();
        using var client = new HttpClient(UnixSocketHandler.For(Path.Combine(_node.SocketFolder, "multus.sock")));
        while (!await IsReadyAsync(client, cancel))
        {
            if (_run.IsCompleted)
                throw new BenchException($"the daemon ended at once: {(await _run).Description}; its log: {Log()}");
            if (_time.GetElapsedTime(start) > ReadyWithin)
                throw new BenchException(
                    $"the daemon did not answer /readyz with 200 within {ReadyWithin.TotalSeconds} s; its log: {Log()}"
                );
            await Task.Delay(TimeSpan.FromMilliseconds(2), _time, cancel);
        }

        StartTime = _time.GetElapsedTime(start);
    }

    private static async Task<bool> IsReadyAsync(HttpClient client, CancellationToken cancel)
    {
        try
        {
            using var response = await client.GetAsync(new Uri("http://multus/readyz"), cancel);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false; // no socket yet, or nobody behind it; the caller asks again until its deadline
        }
    }

    private string Log() =>
        File.Exists(_node.DaemonLog)
            ? "\n" + string.Join('\n', File.ReadLines(_node.DaemonLog).TakeLast(20))
            : "(empty)";
}
