namespace Multus.Bench.Runs;

/// <summary>One pod's ADD or DEL.</summary>
/// <param name="Wall">From before the first process started until the last one ended.</param>
/// <param name="Cpu">User and system time of those processes, their children included.</param>
/// <param name="Error">Null when it succeeded.</param>
internal readonly record struct Outcome(TimeSpan Wall, TimeSpan Cpu, string? Error);
