using System.Text.Json;
using Multus.Host.Metrics;

namespace Multus.Host.Page;

/// <summary>The node as its actors, as the page gets it.</summary>
internal static class NodeJson
{
    public static void Write(Utf8JsonWriter json, NodeFigures figures)
    {
        json.WriteStartObject();
        json.WriteBoolean("alive", figures.IsAlive);
        json.WriteBoolean("ready", figures.IsReady);
        WriteTexts(json, "waitingFor", figures.Health?.WaitingFor ?? []);
        WriteTexts(json, "silent", figures.Health?.Silent ?? []);
        WriteTexts(json, "faults", figures.Faults);
        json.WriteStartArray("actors");
        foreach (var actor in figures.Health?.Actors ?? [])
        {
            json.WriteStartObject();
            json.WriteString("name", actor.Actor);
            json.WriteString("parent", actor.Parent);
            json.WriteNumber("count", actor.Count);
            json.WriteNumber("mailbox", actor.Mailbox);
            json.WriteNumber("restarts", actor.Restarts);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("parts");
        foreach (var part in figures.Health?.Parts ?? [])
        {
            json.WriteStartObject(part.Part);
            foreach (var (name, value) in part.Values)
                json.WriteNumber(name, value);
            json.WriteEndObject();
        }

        json.WriteEndObject();
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
