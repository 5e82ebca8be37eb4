using System.Collections.Immutable;
using System.Text.Json;
using Multus.Ctl.Daemons;
using Multus.Ctl.Output;
using Multus.Engine.Explain;
using Multus.Engine.History;
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
    IReadOnlyList<RunningOperation> Running,
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

    public override void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("subject", Subject);
        FindingList.Write(json, Findings);
        json.WriteStartArray("sandboxes");
        foreach (var sandbox in Sandboxes)
            Write(json, sandbox);
        json.WriteEndArray();
        json.WriteStartArray("running");
        foreach (var running in Running)
            Write(json, running);
        json.WriteEndArray();
        json.WriteString("daemonProblem", DaemonProblem);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, SandboxEvidence sandbox)
    {
        json.WriteStartObject();
        json.WriteString("sandbox", sandbox.Sandbox);
        json.WriteString("pod", sandbox.Pod);
        json.WriteStartArray("operations");
        foreach (var entry in sandbox.Entries)
            json.WriteRawValue(EntryCodec.ToLine(entry));
        json.WriteEndArray();
        WriteTexts(json, "onRecord", sandbox.Record?.Attachments.Select(SandboxView.OnRecord) ?? []);
        json.WriteString("recordProblem", sandbox.RecordProblem);
        json.WriteBoolean("deleteWaits", sandbox.DeleteWaits);
        json.WriteBoolean("deleteGivenUp", sandbox.DeleteGivenUp);
        json.WriteString("netNs", sandbox.NetNs?.Path);
        WriteTexts(json, "links", sandbox.NetNs?.Links ?? []);
        WriteTexts(json, "routes", sandbox.NetNs?.Routes ?? []);
        json.WriteString("netNsProblem", sandbox.NetNsProblem);
        WriteTexts(json, "missing", sandbox.Missing);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, RunningOperation running)
    {
        json.WriteStartObject();
        json.WriteString("request", running.Request);
        json.WriteString("sandbox", running.Sandbox);
        json.WriteString("verb", running.Verb);
        json.WriteString("step", running.Step);
        json.WriteNumber("milliseconds", running.Milliseconds);
        WriteTexts(json, "plugins", running.Plugins);
        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, string member, IEnumerable<string> texts)
    {
        json.WriteStartArray(member);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
