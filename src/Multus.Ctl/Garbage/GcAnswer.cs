using System.Collections.Immutable;
using System.Text.Json;
using Multus.Ctl.Output;
using Spectre.Console;

namespace Multus.Ctl.Garbage;

/// <summary>What a GC has collected.</summary>
/// <param name="Kept">How many sandboxes were said to be in use.</param>
/// <param name="Refused">What the daemon said of what could not be collected; null when all could.</param>
internal sealed record GcAnswer(ImmutableArray<CollectedSandbox> Collected, int Kept, string? Refused) : Answer
{
    public override void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("collected");
        foreach (var sandbox in Collected)
        {
            json.WriteStartObject();
            json.WriteString("sandbox", sandbox.Sandbox);
            json.WriteString("pod", sandbox.Pod);
            JsonLists.Write(json, "networks", sandbox.Networks);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("kept", Kept);
        json.WriteString("refused", Refused);
        json.WriteEndObject();
    }

    public override void Render(IAnsiConsole console)
    {
        foreach (var sandbox in Collected)
            Words.Line(
                console,
                $"collected {sandbox.Sandbox}{(sandbox.Pod.Length > 0 ? $" of pod {sandbox.Pod}" : "")}: "
                    + string.Join(", ", sandbox.Networks)
            );
        Words.Line(console, $"{Collected.Length} collected, {Kept} are in use");
        if (Refused is not null)
            console.MarkupLine($"[red]{Words.Escaped(Refused)}[/]");
    }
}

/// <param name="Pod">"namespace/name"; empty when it is not known.</param>
/// <param name="Networks">Those that it was attached to.</param>
internal sealed record CollectedSandbox(string Sandbox, string Pod, ImmutableArray<string> Networks);
