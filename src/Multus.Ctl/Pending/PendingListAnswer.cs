using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Multus.Ctl.Output;
using Multus.Engine.State;
using Spectre.Console;

namespace Multus.Ctl.Pending;

/// <summary>The DELs that are stored.</summary>
internal sealed record PendingListAnswer(ImmutableArray<StoredDeleteFile> Deletes) : Answer
{
    public override void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("pending");
        foreach (var delete in Deletes)
        {
            json.WriteStartObject();
            json.WriteString("name", delete.Name);
            json.WriteString("state", delete.IsGivenUp ? "givenUp" : "waiting");
            json.WriteString("since", delete.Since);
            json.WriteString("sandbox", delete.Sandbox);
            json.WriteString("interface", delete.IfName);
            json.WriteString("pod", PodOf(delete));
            JsonLists.Write(json, "left", delete.Left);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public override void Render(IAnsiConsole console)
    {
        if (Deletes.IsEmpty)
        {
            Words.Line(console, "no DEL is stored");
            return;
        }

        var table = new Table().RoundedBorder().AddColumns("name", "state", "since", "pod", "may have stayed behind");
        foreach (var delete in Deletes)
            table.AddRow(
                Words.Plain(delete.Name),
                delete.IsGivenUp ? new Markup("[red]given up[/]") : new Markup("[yellow]waiting[/]"),
                Words.Plain(delete.Since.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)),
                Words.Plain(PodOf(delete)),
                Words.Lines(delete.Left)
            );
        console.Write(table);
    }

    private static string PodOf(StoredDeleteFile delete) => delete.Pod.IsPod ? delete.Pod.Key.ToString() : "";
}
