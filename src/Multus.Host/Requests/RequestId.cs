using System.Globalization;

namespace Multus.Host.Requests;

/// <summary>
/// Names requests in the log and in errors: short, and not given twice on a node, however often its daemon starts.
/// </summary>
internal static class RequestId
{
    // Nothing that is mistaken for something else when read aloud.
    private const string Alphabet = "abcdefghijkmnpqrstuvwxyz23456789";
    private const int RunLength = 8;

    // Of this run of the daemon. Not the process id, which is 1 in every container, and no time, which may be set back.
    private static readonly string Run = new(Random.Shared.GetItems<char>(Alphabet, RunLength));

    private static long _last;

    public static string Next() =>
        string.Create(CultureInfo.InvariantCulture, $"{Run}-{Interlocked.Increment(ref _last)}");
}
