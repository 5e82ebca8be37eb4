using System.Globalization;
using System.Text.Json;

namespace Multus.TestSupport;

/// <summary>One run of a <see cref="SteeredPlugin"/>, as it recorded it.</summary>
/// <param name="Began">Position of its begin among all begins and ends of the plugin: one total order.</param>
/// <param name="Ended">Position of its end in the same order; null while it runs, and for ever when it was
/// killed.</param>
/// <param name="ExitStatus">The status with which it ended; null as <paramref name="Ended"/>.</param>
/// <param name="ChildPid">The child that it left or waits for, if its behaviour says so.</param>
public sealed record SteeredCall(
    string Command,
    string ContainerId,
    string IfName,
    string NetNs,
    string Args,
    string Path,
    string Stdin,
    int Pid,
    int? ChildPid,
    int Began,
    int? Ended,
    int? ExitStatus
)
{
    public bool HasEnded => Ended is not null;

    /// <summary>The network configuration it got.</summary>
    public JsonElement Config
    {
        get
        {
            using var document = JsonDocument.Parse(Stdin);
            return document.RootElement.Clone();
        }
    }

    /// <summary>Whether both ran at the same time.</summary>
    public bool Overlaps(SteeredCall other) =>
        Began < (other.Ended ?? int.MaxValue) && other.Began < (Ended ?? int.MaxValue);

    public bool Matches(string command, string? containerId, string? ifName) =>
        Command == command
        && (containerId is null || containerId == ContainerId)
        && (ifName is null || ifName == IfName);

    public override string ToString() =>
        $"{Command} {ContainerId} {IfName} ({(HasEnded ? $"ended with {ExitStatus}" : "not ended")})";
}

/// <summary>Reads the records that the script leaves.</summary>
internal static class SteeredCalls
{
    public const string Folder = "calls";

    public static IReadOnlyList<SteeredCall> Read(string state)
    {
        var log = System.IO.Path.Combine(state, "log");
        if (!File.Exists(log))
            return [];

        var lines = WholeLines(File.ReadAllText(log))
            .Select((line, position) => (Words: line.Split(' '), Position: position))
            .ToArray();
        var ends = lines.Where(line => line.Words[0] == "end").ToDictionary(line => line.Words[1]);
        return
        [
            .. from line in lines where line.Words[0] == "begin" select Call(state, line.Words[1], line.Position, ends),
        ];
    }

    private static SteeredCall Call(
        string state,
        string id,
        int began,
        Dictionary<string, (string[] Words, int Position)> ends
    )
    {
        var folder = System.IO.Path.Combine(state, Folder, id);
        var variables = File.ReadAllLines(System.IO.Path.Combine(folder, "variables"));
        var child = System.IO.Path.Combine(folder, "child");
        var ended = ends.TryGetValue(id, out var end);
        return new SteeredCall(
            variables[0],
            variables[1],
            variables[2],
            variables[3],
            variables[4],
            variables[5],
            File.ReadAllText(System.IO.Path.Combine(folder, "stdin")),
            Number(id.Split('-')[0]),
            File.Exists(child) && File.ReadAllText(child) is { Length: > 0 } pid ? Number(pid) : null,
            began,
            ended ? end.Position : null,
            ended ? Number(end.Words[2]) : null
        );
    }

    // The last line may be one that is being written.
    private static string[] WholeLines(string text) =>
        text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
