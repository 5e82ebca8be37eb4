using System.Collections.Immutable;
using System.Text.Json;
using Multus.Ctl.Output;
using Multus.Ctl.Serving;
using Spectre.Console;

namespace Multus.Ctl.Audits;

/// <summary>The pods that were compared.</summary>
/// <param name="Publication">Null: nothing was to be published.</param>
internal sealed record PodAuditAnswer(
    ImmutableArray<ComparedPod> Pods,
    Publication? Publication,
    ImmutableArray<string> NotAsked
) : Answer
{
    public override void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("pods");
        foreach (var pod in Pods)
        {
            json.WriteStartObject();
            json.WriteString("pod", pod.Pod);
            json.WriteString("uid", pod.Uid);
            json.WriteString("sandbox", pod.Sandbox);
            JsonLists.Write(json, "differences", pod.Differences);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (Publication is not null)
        {
            json.WriteStartObject("published");
            json.WriteNumber("written", Publication.Written);
            JsonLists.Write(json, "failed", Publication.Failed);
            json.WriteEndObject();
        }

        JsonLists.Write(json, "notAsked", NotAsked);
        json.WriteEndObject();
    }

    public override void Render(IAnsiConsole console)
    {
        foreach (var pod in Pods)
        {
            foreach (var difference in pod.Differences)
                console.MarkupLine($"[bold]{Words.Escaped(pod.Pod)}[/]: [red]{Words.Escaped(difference)}[/]");
        }

        foreach (var reason in NotAsked)
            Words.Line(console, $"not looked at: {reason}");
        foreach (var failed in Publication?.Failed ?? [])
            Words.Line(console, $"not published: {failed}");
        Words.Line(
            console,
            $"{Pods.Count(pod => pod.Differences.IsEmpty)} of {Pods.Length} pods have what their network-status says"
        );
    }
}
