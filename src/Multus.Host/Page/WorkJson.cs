using System.Collections.Immutable;
using System.Text.Json;
using Multus.Cni;
using Multus.Engine.Activity;
using Multus.Engine.Explain;
using Multus.Engine.History;

namespace Multus.Host.Page;

/// <summary>What the node does and has done, as the page gets it. Times are in milliseconds.</summary>
internal static class WorkJson
{
    private const int MostRunning = 60; // the oldest: what hangs is among them

    public static void WriteRunning(Utf8JsonWriter json, ImmutableArray<OperationView> running)
    {
        json.WriteStartObject();
        json.WriteNumber("count", running.Length);
        json.WriteStartArray("operations");
        foreach (var view in running.AsSpan()[..Math.Min(running.Length, MostRunning)])
        {
            json.WriteStartObject();
            WriteHead(json, view.RequestId, view.Verb.ToWire(), view.Sandbox.Value, PodText(view));
            json.WriteNumber("age", Round(view.Age));
            json.WriteStartArray("steps");
            foreach (var step in view.Steps)
            {
                json.WriteStartObject();
                json.WriteString("name", step.Name);
                json.WriteNumber("at", Round(step.At));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("plugins");
            foreach (var (plugin, age) in view.Plugins)
            {
                json.WriteStartObject();
                json.WriteString("type", plugin.Type);
                json.WriteString("network", plugin.Network);
                json.WriteString("ifName", plugin.IfName);
                json.WriteNumber("age", Round(age));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void WriteEnded(Utf8JsonWriter json, IEnumerable<OperationEntry> entries)
    {
        json.WriteStartArray();
        foreach (var entry in entries)
        {
            json.WriteStartObject();
            WriteHead(json, entry.Request, entry.Verb, entry.Sandbox, PodText(entry));
            json.WriteNumber("ended", Ended(entry));
            json.WriteNumber("took", entry.Milliseconds);
            json.WriteBoolean("failed", entry.Error is not null);
            json.WriteStartArray("steps");
            foreach (var step in entry.Steps)
            {
                json.WriteStartObject();
                json.WriteString("name", step.Name);
                json.WriteNumber("at", step.At);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void WriteFailures(Utf8JsonWriter json, IEnumerable<OperationEntry> entries)
    {
        json.WriteStartArray();
        foreach (var entry in entries)
        {
            var finding = Diagnosis.Failed(entry, entry.Error!);
            json.WriteStartObject();
            WriteHead(json, entry.Request, entry.Verb, entry.Sandbox, PodText(entry));
            json.WriteNumber("ended", Ended(entry));
            json.WriteNumber("code", entry.Error!.Code);
            json.WriteString("cause", finding.Cause);
            json.WriteString("error", entry.Error.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <param name="json">Where to.</param>
    /// <param name="now">The stretch of now.</param>
    /// <param name="hour">Those in which something ended.</param>
    public static void WriteHour(Utf8JsonWriter json, long now, ImmutableArray<HourStretch> hour)
    {
        json.WriteStartObject();
        json.WriteNumber("seconds", LastHour.Stretch.TotalSeconds);
        json.WriteNumber("stretches", LastHour.Stretches);
        json.WriteNumber("now", now);
        json.WriteStartArray("ended");
        foreach (var stretch in hour)
        {
            json.WriteStartArray();
            json.WriteNumberValue(stretch.Number);
            json.WriteNumberValue(stretch.Added);
            json.WriteNumberValue(stretch.AddsFailed);
            json.WriteNumberValue(stretch.Deleted);
            json.WriteNumberValue(stretch.DeletesFailed);
            json.WriteNumberValue(Math.Round(stretch.Median, 1));
            json.WriteNumberValue(Math.Round(stretch.P95, 1));
            json.WriteNumberValue(Math.Round(stretch.Longest, 1));
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteHead(Utf8JsonWriter json, string request, string verb, string sandbox, string pod)
    {
        json.WriteString("request", request);
        json.WriteString("verb", verb);
        json.WriteString("sandbox", sandbox);
        json.WriteString("pod", pod);
    }

    private static string PodText(OperationView view) => view.Pod.IsPod ? $"{view.Pod.Namespace}/{view.Pod.Name}" : "";

    private static string PodText(OperationEntry entry) =>
        entry.PodName.Length == 0 ? "" : $"{entry.PodNamespace}/{entry.PodName}";

    private static long Ended(OperationEntry entry) => entry.Began.ToUnixTimeMilliseconds() + (long)entry.Milliseconds;

    private static double Round(TimeSpan time) => Math.Round(time.TotalMilliseconds, 1);
}
