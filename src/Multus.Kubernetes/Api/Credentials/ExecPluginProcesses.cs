using System.Collections;
using System.Collections.Immutable;
using System.Text;
using Multus.Kubernetes.Api.Configuration;
using Multus.Linux.Processes;

namespace Multus.Kubernetes.Api.Credentials;

/// <summary>Runs credential plugins with the process' own environment and what the kubeconfig adds to it.</summary>
public sealed class ExecPluginProcesses(IProcessRunner processes) : IExecPluginRunner
{
    private const int MostOutput = 1 << 20;
    private const int MostComplaint = 1 << 14;

    // Some ask a service far away; requests wait for them, and an ADD only as long as multus.cluster.read-timeout.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public async Task<ExecPluginEnd> RunAsync(ExecPlugin plugin, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(plugin);
        var environment = EnvironmentOf(plugin);
        var spec = new ProcessSpec(
            PathOf(plugin.Command, environment.GetValueOrDefault("PATH") ?? ""),
            default,
            [.. new List<KeyValuePair<string, string>>(environment)],
            Deadline,
            MostOutput,
            MostComplaint
        )
        {
            Arguments = plugin.Arguments,
        };
        var result = await processes.RunAsync(spec, cancel).ConfigureAwait(false);
        cancel.ThrowIfCancellationRequested();
        if (result.End != ProcessEnd.Exited)
            throw new IOException(result.Description);
        return new ExecPluginEnd(result.Code, result.Stdout, Encoding.UTF8.GetString(result.Stderr.Span));
    }

    private static Dictionary<string, string> EnvironmentOf(ExecPlugin plugin)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            variables[(string)variable.Key] = (string?)variable.Value ?? "";
        foreach (var (name, value) in plugin.Environment)
            variables[name] = value;
        return variables;
    }

    /// <exception cref="IOException">No folder of PATH has it.</exception>
    private static string PathOf(string command, string searchPath)
    {
        if (command.Contains('/', StringComparison.Ordinal))
            return command;
        return searchPath
                .Split(':', StringSplitOptions.RemoveEmptyEntries)
                .Select(folder => Path.Combine(folder, command))
                .FirstOrDefault(File.Exists)
            ?? throw new IOException($"{command} is in none of the folders of PATH: {searchPath}");
    }
}
