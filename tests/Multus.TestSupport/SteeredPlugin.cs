using System.Diagnostics;
using Multus.TestSupport.Daemons;

namespace Multus.TestSupport;

/// <summary>
/// A real CNI plugin whose every move a test decides: an executable shell script under any type name, steered by files
/// next to it, which records each call. Unless told otherwise ADD answers with one interface of the name and namespace
/// it was asked for, VERSION with all versions, and every other command succeeds in silence.
/// </summary>
/// <example><code>
/// using var plugin = new SteeredPlugin(folder, "slow");
/// plugin.On("ADD", does => does.WaitsFor(gate).Answers(json));
/// plugin.On("DEL", containerId: "a", does: does => does.Fails(11, "busy"));
/// var call = await plugin.Began("ADD");
/// </code></example>
/// <remarks>
/// Steering may change while it runs; a call uses what it finds when it starts. Disposing opens every gate and kills
/// what still runs.
/// </remarks>
public sealed class SteeredPlugin : IDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    private readonly string _state;
    private readonly List<SteeredGate> _gates = [];

    /// <summary>Writes the executable <c>folder/type</c> and, for its state, the folder <c>folder/.type</c>.</summary>
    public SteeredPlugin(string folder, string type)
    {
        Type = type;
        Executable = Path.Combine(folder, type);
        _state = Path.Combine(Directory.CreateDirectory(folder).FullName, $".{type}");
        Directory.CreateDirectory(SteerFolder);
        Directory.CreateDirectory(Path.Combine(_state, SteeredCalls.Folder));
        WriteWhole(
            Executable,
            SteeredScript.Text(_state),
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        );
    }

    public string Type { get; }

    /// <summary>What is executed: the script.</summary>
    public string Executable { get; }

    /// <summary>Every call so far, in the order in which they began.</summary>
    public IReadOnlyList<SteeredCall> Calls => SteeredCalls.Read(_state);

    private string SteerFolder => Path.Combine(_state, "steer");

    /// <summary>
    /// Says what happens on a command (as in CNI_COMMAND), for one container id or interface name or for all.
    /// The most exact rule wins: container and interface, then container, then interface, then the command alone.
    /// </summary>
    public SteeredPlugin On(
        string command,
        Action<SteeredBehaviour> does,
        string? containerId = null,
        string? ifName = null
    )
    {
        var behaviour = new SteeredBehaviour();
        does(behaviour);
        WriteWhole(
            RuleFile(command, containerId, ifName),
            behaviour.Script,
            UnixFileMode.UserRead | UnixFileMode.UserWrite
        );
        return this;
    }

    /// <summary>Back to what the plugin does unless told otherwise.</summary>
    public SteeredPlugin Forget(string command, string? containerId = null, string? ifName = null)
    {
        File.Delete(RuleFile(command, containerId, ifName));
        return this;
    }

    /// <summary>A gate, closed, for <see cref="SteeredBehaviour.WaitsFor"/>.</summary>
    public SteeredGate Gate()
    {
        var gate = new SteeredGate(Path.Combine(_state, Unique.Name("gate")));
        _gates.Add(gate);
        return gate;
    }

    /// <summary>
    /// Waits until the <paramref name="count"/>th such call has begun (its stdin is recorded by then), and returns it.
    /// </summary>
    /// <exception cref="TimeoutException">Not within <see cref="Wait.Patience"/>; the text lists the calls there
    /// were.</exception>
    public Task<SteeredCall> Began(string command, string? containerId = null, string? ifName = null, int count = 1) =>
        WaitForCall(call => call.Matches(command, containerId, ifName), count, $"begin of {command} number {count}");

    /// <summary>
    /// Waits until the <paramref name="count"/>th such call has ended by itself, and returns it. A call that was killed
    /// never does.
    /// </summary>
    /// <exception cref="TimeoutException">Not within <see cref="Wait.Patience"/>; the text lists the calls there
    /// were.</exception>
    public Task<SteeredCall> Ended(string command, string? containerId = null, string? ifName = null, int count = 1) =>
        WaitForCall(
            call => call.HasEnded && call.Matches(command, containerId, ifName),
            count,
            $"end of {command} number {count}"
        );

    public void Dispose()
    {
        foreach (var gate in _gates.Where(_ => Directory.Exists(_state)))
            gate.Open();

        foreach (var call in Calls)
        {
            KillIf(call.ChildPid, "sleep", Type); // between fork and exec it is still the script
            if (!call.HasEnded)
                KillIf(call.Pid, Type);
        }
    }

    private async Task<SteeredCall> WaitForCall(Func<SteeredCall, bool> wanted, int count, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (Calls.Where(wanted).Skip(count - 1).FirstOrDefault() is { } call)
                return call;

            if (TimeProvider.System.GetElapsedTime(started) > Wait.Patience)
                throw new TimeoutException(
                    $"{Type}: no {what} within {Wait.Patience.TotalSeconds} s; calls: {string.Join("; ", Calls)}"
                );

            await Task.Delay(PollInterval, TimeProvider.System);
        }
    }

    private string RuleFile(string command, string? containerId, string? ifName) =>
        Path.Combine(SteerFolder, $"{command},{containerId},{ifName}");

    // By rename, so that a call beginning now reads the old rule or the new one, and never finds the script open for
    // writing.
    private void WriteWhole(string path, string content, UnixFileMode mode)
    {
        var temp = Path.Combine(_state, Unique.Name("temp"));
        File.WriteAllText(temp, content);
        File.SetUnixFileMode(temp, mode);
        File.Move(temp, path, overwrite: true);
    }

    // The name guards against a process id that the kernel has given to somebody else since.
    private static void KillIf(int? pid, params ReadOnlySpan<string> names)
    {
        try
        {
            if (pid is null || !Names(File.ReadAllText($"/proc/{pid}/comm").TrimEnd(), names))
                return;

            using var process = Process.GetProcessById(pid.Value);
            process.Kill();
        }
        catch (Exception e) when (e is IOException or ArgumentException or InvalidOperationException)
        {
            // Gone between two looks: what was wanted.
        }
    }

    // The kernel keeps 15 bytes of a command's name.
    private static bool Names(string command, ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (command == name[..Math.Min(name.Length, 15)])
                return true;
        }

        return false;
    }
}

/// <summary>What a steered plugin waits for until the test opens it.</summary>
public sealed class SteeredGate(string path)
{
    public string Path { get; } = path;

    /// <summary>Lets pass all who wait and all who come later; opening it twice is fine.</summary>
    public void Open() => File.WriteAllText(Path, "");
}
