using System.Collections.Immutable;
using System.Text.Json;
using Multus.Ctl.Output;
using Spectre.Console;

namespace Multus.Ctl.Checks;

/// <summary>All faults that were found.</summary>
/// <param name="Networks">How many network-attachment-definitions were read.</param>
/// <param name="LookedAt">Files, folders and clusters.</param>
/// <param name="NotAsked">What could not be looked at, with why.</param>
internal sealed record CheckConfigAnswer(
    ImmutableArray<Fault> Faults,
    int Networks,
    ImmutableArray<string> LookedAt,
    ImmutableArray<string> NotAsked
) : Answer
{
    public override void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("faults");
        foreach (var fault in Faults)
            Write(json, fault);
        json.WriteEndArray();
        json.WriteNumber("networks", Networks);
        JsonLists.Write(json, "lookedAt", LookedAt);
        JsonLists.Write(json, "notAsked", NotAsked);
        json.WriteEndObject();
    }

    public override void Render(IAnsiConsole console)
    {
        foreach (var fault in Faults)
        {
            var color = fault.IsError ? "red" : "yellow";
            var about =
                fault.Network.Length > 0 && !fault.File.EndsWith(fault.Network, StringComparison.Ordinal)
                    ? $"network {fault.Network}: "
                    : "";
            console.MarkupLine($"[bold]{Words.Escaped(fault.Place)}[/]");
            console.MarkupLine($"  [{color}]{Words.Escaped(about + fault.Message)}[/]");
            if (fault.Hint.Length > 0)
                console.MarkupLine($"  [green]{Words.Escaped(fault.Hint)}[/]");
        }

        foreach (var reason in NotAsked)
            Words.Line(console, $"not looked at: {reason}");
        var errors = Faults.Count(fault => fault.IsError);
        Words.Line(
            console,
            $"{Count(errors, "fault")}, {Count(Faults.Length - errors, "remark")} in "
                + $"{Count(LookedAt.Length, "source")} and {Count(Networks, "network")}"
        );
    }

    private static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";

    private static void Write(Utf8JsonWriter json, Fault fault)
    {
        json.WriteStartObject();
        json.WriteString("severity", fault.IsError ? "error" : "remark");
        json.WriteString("file", fault.File);
        json.WriteNumber("line", fault.Line);
        json.WriteNumber("column", fault.Column);
        json.WriteString("network", fault.Network);
        json.WriteString("key", fault.Key);
        json.WriteString("message", fault.Message);
        json.WriteString("hint", fault.Hint);
        if (fault.Inside.Line > 0)
        {
            json.WriteStartObject("inConfig");
            json.WriteNumber("line", fault.Inside.Line);
            json.WriteNumber("column", fault.Inside.Column);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
