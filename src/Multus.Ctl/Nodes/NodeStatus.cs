using System.Collections.Immutable;
using System.Text.Json;
using Multus.Ctl.Daemons;
using Multus.Ctl.Output;
using Multus.Engine.Explain;
using Multus.Engine.History;
using Spectre.Console;

namespace Multus.Ctl.Nodes;

/// <summary>How a node is, at one moment.</summary>
/// <param name="Daemon">What the daemon says of itself.</param>
/// <param name="Findings">What keeps the node from attaching pods.</param>
/// <param name="Failures">The last operations that failed, the newest first.</param>
internal sealed record NodeStatus(
    DaemonAnswer Daemon,
    ImmutableArray<Finding> Findings,
    ImmutableArray<OperationEntry> Failures
) : Answer
{
    public override void Render(IAnsiConsole console)
    {
        console.MarkupLine(Daemon.IsReady ? "[bold green]ready[/]" : "[bold red]not ready[/]");
        FindingList.Render(console, Findings);
        RenderFigures(console);
        RenderOperations(console);
        RenderFailures(console);
    }

    public override void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteBoolean("ready", Daemon.IsReady);
        FindingList.Write(json, Findings);
        json.WritePropertyName("daemon");
        if (Daemon.Body is { } body)
            body.WriteTo(json);
        else
            json.WriteNullValue();
        json.WriteStartArray("failures");
        foreach (var failure in Failures)
            json.WriteRawValue(EntryCodec.ToLine(failure));
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void RenderFigures(IAnsiConsole console)
    {
        if (Daemon.Body is not { } body || !body.TryGetProperty("actors", out var actors))
            return;
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("part", "figures");
        foreach (var part in actors.EnumerateObject())
        {
            var figures = part.Value.EnumerateObject().Select(figure => $"{figure.Name} {figure.Value}");
            table.AddRow(Words.Plain(part.Name), Words.Plain(string.Join(", ", figures)));
        }

        console.Write(table);
    }

    private void RenderOperations(IAnsiConsole console)
    {
        var operations = Daemon.Operations().ToList();
        if (operations.Count == 0)
        {
            console.WriteLine(Daemon.Body is null ? "" : "Nothing is under way.");
            return;
        }

        var table = new Table { Border = TableBorder.Rounded, Title = new TableTitle("under way") };
        table.AddColumns("verb", "sandbox", "step", "for", "waits for plugin");
        foreach (var running in operations)
        {
            table.AddRow(
                Words.Plain(running.Verb),
                Words.Plain(running.Sandbox),
                Words.Plain(running.Step),
                Words.Plain(Words.Duration(running.Milliseconds)),
                Words.Plain(string.Join("; ", running.Plugins))
            );
        }

        console.Write(table);
    }

    private void RenderFailures(IAnsiConsole console)
    {
        if (Failures.IsEmpty)
            return;
        var table = new Table { Border = TableBorder.Rounded, Title = new TableTitle("last failures") };
        table.AddColumns("when", "verb", "pod or sandbox", "why");
        foreach (var failure in Failures)
        {
            var pod = failure.PodName.Length == 0 ? failure.Sandbox : $"{failure.PodNamespace}/{failure.PodName}";
            table.AddRow(
                Words.Plain($"{failure.Began:HH:mm:ss}"),
                Words.Plain(failure.Verb),
                Words.Plain(pod),
                Words.Plain(failure.Error!.Text)
            );
        }

        console.Write(table);
        console.WriteLine("multusctl explain POD says more of each.");
    }
}
