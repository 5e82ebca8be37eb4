using System.ComponentModel;
using System.Diagnostics;
using Multus.TestSupport.Daemons;

namespace Multus.TestSupport;

/// <summary>
/// Runs the tools that tests look at the kernel with: <c>ip</c>, <c>ping</c>, <c>sh</c>. Independent of the process
/// runner under test.
/// </summary>
public static class ProcessTool
{
    /// <summary><see cref="Wait.Patience"/>.</summary>
    public static TimeSpan Patience => Wait.Patience;

    /// <summary>Runs a tool that must succeed and returns its stdout.</summary>
    /// <exception cref="ToolFailedException">It could not be started, ended with another status than 0, or ran for
    /// longer than <see cref="Patience"/>.</exception>
    public static string Run(string file, params IEnumerable<string> arguments)
    {
        var command = $"{file} {string.Join(' ', arguments)}";
        var result = Try(file, arguments);
        return result.ExitCode == 0
            ? result.Stdout
            : throw new ToolFailedException(
                $"'{command}' ended with status {result.ExitCode}: {result.Stderr.Trim()} {result.Stdout.Trim()}"
            );
    }

    /// <summary>Runs a tool whose failure is an answer, too.</summary>
    /// <exception cref="ToolFailedException">It could not be started, or ran for longer than
    /// <see cref="Patience"/>.</exception>
    public static ToolResult Try(string file, params IEnumerable<string> arguments)
    {
        using var process = new Process();
        process.StartInfo = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            throw new ToolFailedException($"cannot start '{file}': {e.Message}", e);
        }

        process.StandardInput.Close();
        var stdout = process.StandardOutput.ReadToEndAsync();
        var stderr = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Patience) || !Task.WaitAll([stdout, stderr], Patience))
        {
            process.Kill(entireProcessTree: true);
            throw new ToolFailedException(
                $"'{file} {string.Join(' ', arguments)}' was killed after {Patience.TotalSeconds} s"
            );
        }

        return new ToolResult(process.ExitCode, stdout.Result, stderr.Result);
    }
}

/// <summary>How a tool ended and what it wrote.</summary>
public sealed record ToolResult(int ExitCode, string Stdout, string Stderr);

/// <summary>A tool that a test relies on did not do what the test needs of it.</summary>
public sealed class ToolFailedException(string message, Exception? inner = null) : Exception(message, inner);
