using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Multus.Cni;
using Multus.Engine.Activity;
using Multus.Engine.Installation;
using Multus.Host.Logging;
using Multus.Host.Metrics;

namespace Multus.Host.Server;

/// <summary>
/// The body of <c>/healthz</c> and <c>/readyz</c>: every actor's figures and what the log has lost, for people and
/// scripts. Upstream's clients do not read it.
/// </summary>
internal static class HealthBody
{
    private const int MostOperations = 100; // the oldest: what hangs is among them

    /// <param name="figures">What the daemon says of itself; the actors have answered.</param>
    /// <param name="view">The versions of daemon and shims.</param>
    public static ReadOnlyMemory<byte> Write(NodeFigures figures, NodeView view)
    {
        var health = figures.Health ?? throw new ArgumentException("nobody answered", nameof(figures));
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteBoolean("ready", health.Ready && figures.Faults.IsEmpty);
            WriteNames(json, "waitingFor", health.WaitingFor);
            WriteNames(json, "silent", health.Silent);
            WriteNames(json, "faults", figures.Faults);
            json.WriteStartObject("actors");
            foreach (var part in health.Parts)
            {
                json.WriteStartObject(part.Part);
                foreach (var (name, value) in part.Values)
                    json.WriteNumber(name, value);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            WriteLosses(json, figures.Losses);
            WriteVersions(json, view);
            if (figures.RuntimeConfig is { } runtime)
                WriteRuntimeConfig(json, runtime);
            WriteOperations(json, figures.Operations);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static void WriteVersions(Utf8JsonWriter json, NodeView view)
    {
        json.WriteStartObject("versions");
        json.WriteString("daemon", ProductVersion.WithoutCommit);
        WriteNames(json, "shims", view.Neighbours.Shims);
        json.WriteBoolean("predecessorAtWork", view.IsPredecessorAtWork());
        json.WriteEndObject();
    }

    private static void WriteRuntimeConfig(Utf8JsonWriter json, RuntimeConfigState state)
    {
        json.WriteStartObject("runtimeConfig");
        json.WriteString("path", state.Path);
        json.WriteString("clusterNetwork", state.ClusterNetwork);
        json.WriteString("trouble", state.Trouble);
        json.WriteNumber("restored", state.Restored);
        json.WriteNumber("clusterNetworkChanges", state.Changes);
        json.WriteBoolean("givenUp", state.IsGivenUp);
        json.WriteEndObject();
    }

    private static void WriteLosses(Utf8JsonWriter json, ImmutableArray<LogLoss> losses)
    {
        json.WriteStartObject("log");
        foreach (var loss in losses)
        {
            json.WriteStartObject(loss.Place);
            json.WriteNumber("dropped", loss.Dropped);
            json.WriteNumber("failed", loss.Failed);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteOperations(Utf8JsonWriter json, ImmutableArray<OperationView> operations)
    {
        json.WriteStartArray("operations");
        foreach (var operation in operations.Take(MostOperations))
        {
            json.WriteStartObject();
            json.WriteString("request", operation.RequestId);
            json.WriteString("sandbox", operation.Sandbox.Value);
            json.WriteString("verb", operation.Verb.ToWire());
            json.WriteString("step", operation.Step);
            json.WriteNumber("milliseconds", (long)operation.Age.TotalMilliseconds);
            json.WriteStartArray("plugins");
            foreach (var (plugin, age) in operation.Plugins)
            {
                json.WriteStartObject();
                json.WriteString("type", plugin.Type);
                json.WriteString("verb", plugin.Verb.ToWire());
                json.WriteString("network", plugin.Network);
                json.WriteString("ifName", plugin.IfName);
                json.WriteNumber("milliseconds", (long)age.TotalMilliseconds);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteNames(Utf8JsonWriter json, string property, IEnumerable<string> names)
    {
        json.WriteStartArray(property);
        foreach (var name in names)
            json.WriteStringValue(name);
        json.WriteEndArray();
    }
}
