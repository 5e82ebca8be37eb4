using System.Text.Json;
using Multus.Cni.Json;

namespace Multus.Cni.Runtime;

/// <summary>What a failed run of a plugin means (the table of cni-runtime.md §9).</summary>
public static class PluginFailure
{
    /// <summary>
    /// The plugin's own error object if it printed one, else an error of code 0 that says what there was instead.
    /// Foreign text is quoted and bounded.
    /// </summary>
    /// <param name="exitDescription">How the process ended: "exit status 3", "signal: killed".</param>
    /// <param name="stdout">Where the specification wants the error object.</param>
    /// <param name="stderr">Used only when stdout has nothing to say; log it otherwise.</param>
    public static CniError FromRun(string exitDescription, ReadOnlyMemory<byte> stdout, ReadOnlyMemory<byte> stderr)
    {
        var printed = stdout.Span.Trim(" \t\r\n"u8);
        var complaint = stderr.Span.Trim(" \t\r\n"u8);
        if (!printed.IsEmpty)
            return FromStdout(exitDescription, stdout, complaint);

        return new CniError(
            0,
            complaint.IsEmpty
                ? $"netplugin failed with no error message: {exitDescription}"
                : $"netplugin failed: {LogText.Bytes(complaint)}: {exitDescription}"
        );
    }

    private static CniError FromStdout(
        string exitDescription,
        ReadOnlyMemory<byte> stdout,
        ReadOnlySpan<byte> complaint
    )
    {
        try
        {
            var root = CniJson.Parse(stdout);
            JsonShape.RequireObject(root, "an error");
            var error = CniError.Read(root);
            return error.Text.Length > 0
                ? error
                : error with
                {
                    Message = Mute(exitDescription, stdout.Span, complaint),
                };
        }
        catch (JsonException e)
        {
            return new CniError(
                0,
                $"netplugin failed but error parsing its diagnostic message {LogText.Bytes(stdout.Span)}: "
                    + $"{exitDescription}",
                LogText.OneLine(e.Message)
            ); // what JSON lacks is rarely what an operator wants to know: it gives way first
        }
    }

    /// <summary>An error object without words: upstream would show an empty text.</summary>
    private static string Mute(string exitDescription, ReadOnlySpan<byte> stdout, ReadOnlySpan<byte> complaint)
    {
        var said = $"netplugin failed with an error that says nothing, {LogText.Bytes(stdout)}";
        return complaint.IsEmpty
            ? $"{said}: {exitDescription}"
            : $"{said}, and {LogText.Bytes(complaint)} on stderr: {exitDescription}";
    }
}
