using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Multus.Ctl.Output;
using Multus.Engine.Networks;
using Spectre.Console;

namespace Multus.Ctl.Serving;

/// <summary>What a node can serve.</summary>
/// <param name="Publication">Null: nothing was to be published.</param>
internal sealed record CheckNadsAnswer(string Node, ImmutableArray<NetworkVerdict> Networks, Publication? Publication)
    : Answer
{
    public override void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("node", Node);
        json.WriteStartArray("networks");
        foreach (var verdict in Networks)
            Write(json, verdict);
        json.WriteEndArray();
        if (Publication is not null)
        {
            json.WriteStartObject("published");
            json.WriteNumber("written", Publication.Written);
            JsonLists.Write(json, "failed", Publication.Failed);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    public override void Render(IAnsiConsole console)
    {
        var table = new Table().RoundedBorder().AddColumns("network", "served", "plugins", "addresses left");
        foreach (var verdict in Networks)
        {
            table.AddRow(
                Words.Plain(verdict.Network),
                verdict.CanServe ? new Markup("[green]yes[/]") : new Markup("[red]no[/]"),
                Words.Lines(verdict.Plugins.Select(PluginWords)),
                Words.Lines(verdict.Ranges.Select(RangeWords))
            );
        }

        console.Write(table);
        foreach (var verdict in Networks)
        {
            foreach (var problem in verdict.Problems)
            {
                console.MarkupLine(
                    $"[bold]{Words.Escaped(verdict.Network)}[/]: [red]{Words.Escaped(problem.Message)}[/]"
                );
                if (problem.Remedy.Length > 0)
                    console.MarkupLine($"  [green]{Words.Escaped(problem.Remedy)}[/]");
            }

            foreach (var reason in verdict.NotAsked)
                Words.Line(console, $"{verdict.Network}: not looked at: {reason}");
        }

        Words.Line(
            console,
            $"node {Node} serves {Networks.Count(verdict => verdict.CanServe)} of {Networks.Length} networks"
        );
        if (Publication is not null)
            Words.Line(console, $"published on {Publication.Written}");
        foreach (var failed in Publication?.Failed ?? [])
            Words.Line(console, $"not published: {failed}");
    }

    private static string PluginWords(FoundPlugin plugin) =>
        plugin.Versions.IsEmpty ? $"{plugin.Type} –" : $"{plugin.Type} up to {plugin.Versions[^1]}";

    private static string RangeWords(RangeUse use) => $"{use.Range}: {use.Left} of {use.Total}";

    private static void Write(Utf8JsonWriter json, NetworkVerdict verdict)
    {
        json.WriteStartObject();
        json.WriteString("network", verdict.Network);
        json.WriteBoolean("serves", verdict.CanServe);
        json.WriteStartArray("plugins");
        foreach (var plugin in verdict.Plugins)
        {
            json.WriteStartObject();
            json.WriteString("type", plugin.Type);
            json.WriteString("path", plugin.Path);
            JsonLists.Write(json, "versions", plugin.Versions);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("ranges");
        foreach (var use in verdict.Ranges)
        {
            json.WriteStartObject();
            json.WriteString("range", use.Range);
            WriteNumber(json, "total", use.Total);
            WriteNumber(json, "used", use.Used);
            WriteNumber(json, "left", use.Left);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("problems");
        foreach (var problem in verdict.Problems)
        {
            json.WriteStartObject();
            json.WriteString("message", problem.Message);
            json.WriteString("hint", problem.Remedy);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        JsonLists.Write(json, "notAsked", verdict.NotAsked);
        json.WriteEndObject();
    }

    // Larger than any number type of JSON's readers: all digits.
    private static void WriteNumber(Utf8JsonWriter json, string name, UInt128 number)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(number.ToString(CultureInfo.InvariantCulture));
    }
}
