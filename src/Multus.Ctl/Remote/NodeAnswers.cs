using System.Collections.Immutable;
using System.Text.Json;
using Multus.Ctl.Output;
using Spectre.Console;

namespace Multus.Ctl.Remote;

/// <summary>What the nodes have answered.</summary>
/// <param name="Nodes">In the order of their names.</param>
internal sealed record NodeAnswers(ImmutableArray<NodeAnswer> Nodes) : Answer
{
    public override void Render(IAnsiConsole console)
    {
        foreach (var node in Nodes)
        {
            if (Nodes.Length > 1)
                console.Write(new Rule(Words.Escaped($"{node.Node}: {WordOf(node)}")) { Justification = Justify.Left });
            console.Profile.Out.Writer.Write(node.Output);
            if (node.Problem.Length > 0)
                console.MarkupLine($"[red]{Words.Escaped(node.Problem)}[/]");
        }

        if (Nodes.Length > 1)
        {
            var well = Nodes.Count(node => node.ExitCode == Ctl.ExitCode.Success);
            console.WriteLine($"{Nodes.Length} nodes were asked: {well} are well, {Nodes.Length - well} are not.");
        }
    }

    public override void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartArray();
        foreach (var node in Nodes)
        {
            json.WriteStartObject();
            json.WriteString("node", node.Node);
            json.WriteNumber("exitCode", node.ExitCode);
            json.WriteString("problem", node.Problem);
            json.WritePropertyName("answer");
            WriteAnswer(json, node.Output);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string WordOf(NodeAnswer node) =>
        node.ExitCode switch
        {
            Ctl.ExitCode.Success => "well",
            Ctl.ExitCode.Trouble => "something is wrong",
            _ => "no answer",
        };

    // An older multusctl may answer with something else.
    private static void WriteAnswer(Utf8JsonWriter json, string output)
    {
        try
        {
            using var answer = JsonDocument.Parse(output);
            answer.WriteTo(json);
        }
        catch (JsonException)
        {
            json.WriteStringValue(output);
        }
    }
}
