using System.Collections.Immutable;
using System.Text.Json;
using Multus.Engine.Explain;
using Spectre.Console;

namespace Multus.Ctl.Output;

/// <summary>What is wrong, and what would mend it: the part that every answer of this kind begins with.</summary>
internal static class FindingList
{
    public static void Render(IAnsiConsole console, ImmutableArray<Finding> findings)
    {
        foreach (var finding in findings)
        {
            console.MarkupLine($"[bold red]What is wrong:[/] {Words.Escaped(finding.What)}");
            console.MarkupLine($"[bold green]What to do:[/]    {Words.Escaped(finding.Mend)}");
        }
    }

    public static void Write(Utf8JsonWriter json, ImmutableArray<Finding> findings) =>
        ExplanationJson.WriteFindings(json, findings);
}
