using System.Globalization;

namespace Multus.Linux.Processes;

/// <summary>Signals in the words that operators know from CNI error texts, which are Go's.</summary>
internal static class SignalNames
{
    private static readonly string[] Names =
    [
        "",
        "hangup",
        "interrupt",
        "quit",
        "illegal instruction",
        "trace/breakpoint trap",
        "aborted",
        "bus error",
        "floating point exception",
        "killed",
        "user defined signal 1",
        "segmentation fault",
        "user defined signal 2",
        "broken pipe",
        "alarm clock",
        "terminated",
    ];

    public static string Of(int signal) =>
        signal > 0 && signal < Names.Length
            ? Names[signal]
            : string.Create(CultureInfo.InvariantCulture, $"signal {signal}");
}
