using System.Collections.Immutable;
using System.Text.Json;
using Multus.Ctl.Output;
using Spectre.Console;

namespace Multus.Ctl.Pending;

/// <summary>What became of stored DELs.</summary>
internal sealed record PendingChangeAnswer(ImmutableArray<PendingOutcome> Outcomes) : Answer
{
    public override void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("pending");
        foreach (var outcome in Outcomes)
        {
            json.WriteStartObject();
            json.WriteString("name", outcome.Name);
            json.WriteBoolean("done", outcome.IsDone);
            json.WriteString("outcome", outcome.Words);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public override void Render(IAnsiConsole console)
    {
        if (Outcomes.IsEmpty)
            Words.Line(console, "no DEL was given up");
        foreach (var outcome in Outcomes)
            Words.Line(console, $"{outcome.Name}: {outcome.Words}");
    }
}

/// <summary>What became of one.</summary>
internal sealed record PendingOutcome(string Name, bool IsDone, string Words);
