using System.Diagnostics;
using System.Globalization;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using YamlDotNet.RepresentationModel;

namespace Multus.EndToEnd.Tests.Deployment;

/// <summary>
/// A container of the DaemonSet's pod on a <see cref="Machine"/>: with mounts and processes of its own, on the node's
/// network.
/// </summary>
internal sealed class DeployedContainer : IDisposable
{
    private readonly Process _process = new();

    /// <param name="script">See <see cref="ContainerSetup"/>.</param>
    /// <param name="log">Gets what it writes.</param>
    public DeployedContainer(Machine machine, string script, DaemonLog log)
    {
        string[] command =
        [
            .. machine.Enter,
            "unshare",
            "--mount",
            "--propagation=slave",
            "--pid",
            "--fork",
            "--kill-child",
            "sh",
            "-ec",
            script,
        ];
        _process.StartInfo = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();

        void Note(string? line)
        {
            if (line is not null)
                log.Add(line);
        }
    }

    public bool HasExited => _process.HasExited;

    /// <summary>The process of its daemon, which must have begun, as we see it.</summary>
    public string DaemonId => Text(Daemon!.Value);

    /// <summary>The names of all processes in it, zombies included. The daemon must have begun.</summary>
    public IReadOnlyList<string> Processes()
    {
        var folder = $"/proc/{DaemonId}/root/proc";
        return
        [
            .. Directory
                .EnumerateDirectories(folder)
                .Where(process => int.TryParse(Path.GetFileName(process), CultureInfo.InvariantCulture, out _))
                .Select(process => ReadText(Path.Combine(process, "comm")).Trim())
                .Where(name => name.Length > 0)
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Whether a probe does, as kubelet sees it.</summary>
    public bool Passes(YamlMappingNode probe) =>
        Daemon is { } daemon && Exec(daemon, probe.Map("exec").Texts("command")).ExitCode == 0;

    /// <summary>As kubelet stops it.</summary>
    public void AskToStop() => ProcessTool.Run("kill", "-TERM", Text(Daemon!.Value));

    public void KillNow() => ProcessTool.Run("kill", "-KILL", Text(Daemon!.Value));

    /// <summary>The exit status of its main process.</summary>
    public async Task<int> Exited()
    {
        await Wait.For("end of the container", ExitedAsync());
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(); // the rest of it is killed with its first process
        _process.WaitForExit(Wait.Patience);
        _process.Dispose();
    }

    /// <summary>
    /// The daemon's process as we see it, among the first of the container's own; null until it has begun.
    /// </summary>
    private int? Daemon =>
        ChildrenOf(_process.Id)
            .SelectMany(first => ChildrenOf(first).Prepend(first))
            .Select(process => (int?)process)
            .FirstOrDefault(process => Read(process!.Value, "comm").Trim() == "multus-daemon");

    private static ToolResult Exec(int process, IEnumerable<string> command) =>
        ProcessTool.Try(
            "nsenter",
            [$"--target={Text(process)}", "--mount", "--root", "--wd", "--pid", "--net", .. command]
        );

    private static IEnumerable<int> ChildrenOf(int process) =>
        Read(process, $"task/{Text(process)}/children")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(child => int.Parse(child, CultureInfo.InvariantCulture));

    private static string Read(int process, string file) => ReadText($"/proc/{Text(process)}/{file}");

    private static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return ""; // ended between two looks
        }
    }

    private static string Text(int process) => process.ToString(CultureInfo.InvariantCulture);

    private async Task<bool> ExitedAsync()
    {
        await _process.WaitForExitAsync();
        return true;
    }
}
