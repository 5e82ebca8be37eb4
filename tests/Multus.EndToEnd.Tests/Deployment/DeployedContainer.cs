using System.Diagnostics;
using System.Globalization;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using YamlDotNet.RepresentationModel;

namespace Multus.EndToEnd.Tests.Deployment;

/// <summary>A container of the DaemonSet's pod on a <see cref="Machine"/>: with mounts and processes of its own, on the node's network.</summary>
internal sealed class DeployedContainer : IDisposable
{
    private readonly Process _process = new();

    /// <param name="script">See <see cref="ContainerSetup"/>.</param>
    /// <param name="log">Gets what it writes.</param>
    public DeployedContainer(Machine machine, string script, DaemonLog log)
    {
        string[] command =
        [
            .. machine.Enter, "unshare", "--mount", "--propagation=slave", "--pid", "--fork", "--kill-child", "sh", "-ec", script,
        ];
        _process.StartInfo = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
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

    /// <summary>Runs a command in it, as probes and <c>kubectl exec</c> do.</summary>
    public ToolResult Exec(IEnumerable<string> command) =>
        ProcessTool.Try("nsenter", [$"--target={Main.ToString(CultureInfo.InvariantCulture)}", "--mount", "--root", "--wd", "--pid", "--net", .. command]);

    public ToolResult Probe(YamlMappingNode probe) => Exec(probe.Map("exec").Texts("command"));

    /// <summary>As kubelet stops it.</summary>
    public void AskToStop() => ProcessTool.Run("kill", "-TERM", Main.ToString(CultureInfo.InvariantCulture));

    public void KillNow() => ProcessTool.Run("kill", "-KILL", Main.ToString(CultureInfo.InvariantCulture));

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

    /// <summary>The id of its main process as we see it: the first process of its own space, which is the child of unshare, or a child of that.</summary>
    private int Main => ContainerSetup.IsPodOneProcessSpace ? ChildOf(ChildOf(_process.Id)) : ChildOf(_process.Id);

    private static int ChildOf(int process) => int.Parse(
        File.ReadAllText($"/proc/{process}/task/{process}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).First(), CultureInfo.InvariantCulture);

    private async Task<bool> ExitedAsync()
    {
        await _process.WaitForExitAsync();
        return true;
    }
}
