using System.Text;
using Multus.Cni;
using Multus.Cni.Runtime;
using Multus.Linux.Processes;

namespace Multus.Actors.Delegates;

/// <summary>What the end of a plugin process means for CNI, in words that follow the plugin's name. Pure.</summary>
internal static class PluginOutputs
{
    private const int MaxLoggedStderr = 2048;

    public static PluginOutput From(ProcessResult result, PluginCall call, DelegateSettings settings) =>
        result.End switch
        {
            ProcessEnd.Exited when result.Code == 0 => new PluginOutput.Succeeded(result.Stdout),
            ProcessEnd.Exited or ProcessEnd.Signaled => new PluginOutput.Failed(
                PluginFailure.FromRun(result.Description, result.Stdout, result.Stderr)
            ),
            ProcessEnd.DeadlinePassed => Failed(
                CniErrorCode.TryAgainLater,
                $"did not finish {call.Command.ToWire()} within {settings.Deadline.TotalSeconds:0.###} s and was killed"
            ),
            ProcessEnd.Cancelled => Failed(
                CniErrorCode.TryAgainLater,
                $"was killed during {call.Command.ToWire()}: the request was given up"
            ),
            ProcessEnd.OutputTooLarge => Failed(
                CniErrorCode.Decode,
                $"printed more than {settings.MaxStdout} bytes during {call.Command.ToWire()} and was killed"
            ),
            ProcessEnd.NotStarted => Failed(
                ResourceLimits.IsShortage(result.Code) ? CniErrorCode.TryAgainLater : CniErrorCode.Io,
                $"could not be started: {result.Description}"
            ) with
            {
                HasRun = false,
            },
            _ => throw new InvalidOperationException($"unknown end of a process: {result.End}"),
        };

    /// <summary>A plugin's stderr for one log line: bounded, control characters as spaces.</summary>
    public static string Text(ReadOnlySpan<byte> stderr)
    {
        var text = Encoding.UTF8.GetString(stderr[..Math.Min(stderr.Length, MaxLoggedStderr)]).Trim();
        return string.Create(
            text.Length,
            text,
            static (span, source) =>
            {
                for (var i = 0; i < span.Length; i++)
                    span[i] = char.IsControl(source[i]) ? ' ' : source[i];
            }
        );
    }

    private static PluginOutput.Failed Failed(uint code, string message) => new(new CniError(code, message));
}
