using System.Text;
using Multus.Linux.Processes;

namespace Multus.Bench.Runs;

/// <summary>
/// Runs a few lines of shell: the process runner starts plugins, which take no arguments, so what needs some is said on
/// sh's stdin.
/// </summary>
internal sealed class Shell(IProcessRunner processes)
{
    private const int OutputLimit = 1 << 20;

    /// <exception cref="BenchException">The script ended with another status than 0.</exception>
    public async Task RunAsync(string script, CancellationToken cancel)
    {
        var result = await StartAsync(script, TimeSpan.FromMinutes(2), cancel);
        if (result is not { End: ProcessEnd.Exited, Code: 0 })
            throw new BenchException($"sh: {result.Description}: {Text(result.Stderr)}\nscript:\n{script}");
    }

    /// <summary>Ends when the script does; one that ends in <c>exec</c> lends its process to the program.</summary>
    public Task<ProcessResult> StartAsync(string script, TimeSpan deadline, CancellationToken cancel) =>
        processes.RunAsync(
            new ProcessSpec(
                "/bin/sh",
                Encoding.UTF8.GetBytes(script),
                [new("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")],
                deadline,
                OutputLimit,
                OutputLimit
            ),
            cancel
        );

    public static string Text(ReadOnlyMemory<byte> output) => Encoding.UTF8.GetString(output.Span).Trim();
}
