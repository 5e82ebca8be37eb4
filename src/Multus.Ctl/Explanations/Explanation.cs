using System.Collections.Immutable;
using System.Text.Json;
using Multus.Ctl.Output;
using Multus.Engine.Explain;
using Spectre.Console;

namespace Multus.Ctl.Explanations;

/// <summary>What is wrong with a pod or a sandbox, and all that is known of it.</summary>
/// <param name="Subject">What was asked about.</param>
/// <param name="Sandboxes">The oldest first.</param>
/// <param name="Running">What is under way for them.</param>
/// <param name="Findings">What is wrong.</param>
internal sealed record Explanation(
    string Subject,
    ImmutableArray<SandboxEvidence> Sandboxes,
    ImmutableArray<RunningOperation> Running,
    ImmutableArray<Finding> Findings
) : Answer
{
    /// <summary>How many earlier sandboxes of the pod are not shown.</summary>
    public int Former { get; init; }

    /// <summary>Why the daemon could not be asked; empty: it was.</summary>
    public string DaemonProblem { get; init; } = "";

    public override void Render(IAnsiConsole console)
    {
        if (Findings.IsEmpty)
            console.MarkupLine(
                $"[bold green]Nothing is wrong[/] with {Words.Escaped(Subject)}, as far as this node knows."
            );
        FindingList.Render(console, Findings);
        if (DaemonProblem.Length > 0 && Sandboxes.Length > 0)
            console.MarkupLine($"[yellow]What is under way is not known: {Words.Escaped(DaemonProblem)}[/]");
        foreach (var sandbox in Sandboxes)
        {
            console.WriteLine();
            SandboxView.Render(console, sandbox);
        }

        foreach (var running in Running)
            console.MarkupLine(
                $"[bold]{running.Verb} is under way[/] for {Words.Duration(running.Milliseconds)}: {running.Step} "
                    + $"(request {Words.Escaped(running.Request)})"
            );
        if (Former > 0)
            console.WriteLine($"{Former} earlier sandboxes of it are remembered: --all shows them.");
    }

    public override void WriteJson(Utf8JsonWriter json) =>
        ExplanationJson.Write(json, Subject, Findings, Sandboxes, Running, DaemonProblem);
}
