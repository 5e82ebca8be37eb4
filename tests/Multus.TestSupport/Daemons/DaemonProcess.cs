using System.Diagnostics;
using System.Globalization;

namespace Multus.TestSupport.Daemons;

/// <summary>One run of the published daemon on its node.</summary>
public sealed class DaemonProcess : IDisposable
{
    private readonly Process _process = new();
    private readonly DaemonLog _log;

    /// <summary>In a network namespace.</summary>
    /// <param name="netNs">Path of the namespace.</param>
    /// <param name="arguments">Of the daemon.</param>
    /// <param name="environment">Added to that of the tests.</param>
    /// <param name="log">Gets the lines of stderr.</param>
    /// <param name="launcher">A command that becomes the one that follows it, or nothing.</param>
    public DaemonProcess(
        string netNs,
        IEnumerable<string> arguments,
        IEnumerable<KeyValuePair<string, string>> environment,
        DaemonLog log,
        params IEnumerable<string> launcher
    )
        : this([.. launcher, "nsenter", $"--net={netNs}", Binaries.Daemon, .. arguments], environment, log) { }

    /// <param name="command">One that becomes the daemon: the process id is the daemon's.</param>
    public DaemonProcess(
        IReadOnlyList<string> command,
        IEnumerable<KeyValuePair<string, string>> environment,
        DaemonLog log
    )
    {
        _log = log;
        _process.StartInfo = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in environment)
            _process.StartInfo.Environment[name] = value;
        _process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not null)
                _log.Add(line.Data);
        };
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>How many file descriptors it has open.</summary>
    public int Descriptors => Directory.GetFileSystemEntries($"/proc/{_process.Id}/fd").Length;

    /// <summary>The processes that it has started and not waited for yet, as their ids.</summary>
    public IReadOnlyList<string> Children =>
        [
            .. Directory
                .EnumerateDirectories($"/proc/{_process.Id}/task")
                .SelectMany(task =>
                    File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries)
                ),
        ];

    /// <summary>SIGTERM: asks it to stop. How it ended is in <see cref="Exited"/>.</summary>
    public void AskToStop() => Signal("TERM");

    /// <param name="name">Without SIG.</param>
    public void Signal(string name) =>
        ProcessTool.Run("kill", $"-{name}", _process.Id.ToString(CultureInfo.InvariantCulture));

    /// <summary>SIGKILL, at once; see <see cref="Exited"/>.</summary>
    public void KillNow() => _process.Kill();

    /// <summary>SIGKILL: as a crash of the daemon or the kernel's memory killer would end it.</summary>
    public async Task Kill()
    {
        _process.Kill();
        await Exited();
    }

    /// <summary>
    /// Its exit status (128 and the signal's number, if one ended it), when it has ended and all it wrote is in the
    /// log.
    /// </summary>
    public Task<int> Exited() => Wait.For("end of the daemon", WaitForExit());

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit(Wait.Patience);
        _process.Dispose();
    }

    private async Task<int> WaitForExit()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }
}
