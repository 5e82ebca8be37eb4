using System.Collections.Immutable;
using System.Text.Json;
using Multus.Core.Planning;
using Multus.Engine.History;

namespace Multus.Engine.Explain;

/// <summary>What is wrong with a pod or a sandbox and all that is known of it, as JSON.</summary>
public static class ExplanationJson
{
    /// <param name="json">Where to.</param>
    /// <param name="subject">What was asked about.</param>
    /// <param name="findings">What is wrong.</param>
    /// <param name="sandboxes">The oldest first.</param>
    /// <param name="running">What is under way for them.</param>
    /// <param name="daemonProblem">Why the daemon could not be asked; empty: it was.</param>
    public static void Write(
        Utf8JsonWriter json,
        string subject,
        ImmutableArray<Finding> findings,
        ImmutableArray<SandboxEvidence> sandboxes,
        IEnumerable<RunningOperation> running,
        string daemonProblem
    )
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(running);
        json.WriteStartObject();
        json.WriteString("subject", subject);
        WriteFindings(json, findings);
        json.WriteStartArray("sandboxes");
        foreach (var sandbox in sandboxes)
            Write(json, sandbox);
        json.WriteEndArray();
        json.WriteStartArray("running");
        foreach (var operation in running)
            Write(json, operation);
        json.WriteEndArray();
        json.WriteString("daemonProblem", daemonProblem);
        json.WriteEndObject();
    }

    /// <summary>The member <c>findings</c>, with which every answer of this kind begins.</summary>
    public static void WriteFindings(Utf8JsonWriter json, ImmutableArray<Finding> findings)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartArray("findings");
        foreach (var finding in findings)
        {
            json.WriteStartObject();
            json.WriteString("cause", finding.Cause);
            json.WriteString("what", finding.What);
            json.WriteString("mend", finding.Mend);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>"net1: shop/blue (macvlan)".</summary>
    public static string OnRecord(PlannedAttachment attachment)
    {
        ArgumentNullException.ThrowIfNull(attachment);
        return $"{attachment.Parameters.IfName}: {attachment.DisplayName} ({attachment.Configuration.Types})";
    }

    private static void Write(Utf8JsonWriter json, SandboxEvidence sandbox)
    {
        json.WriteStartObject();
        json.WriteString("sandbox", sandbox.Sandbox);
        json.WriteString("pod", sandbox.Pod);
        json.WriteStartArray("operations");
        foreach (var entry in sandbox.Entries)
            json.WriteRawValue(EntryCodec.ToLine(entry));
        json.WriteEndArray();
        WriteTexts(json, "onRecord", sandbox.Record?.Attachments.Select(OnRecord) ?? []);
        json.WriteString("recordProblem", sandbox.RecordProblem);
        json.WriteBoolean("deleteWaits", sandbox.DeleteWaits);
        json.WriteBoolean("deleteGivenUp", sandbox.DeleteGivenUp);
        json.WriteString("netNs", sandbox.NetNs?.Path);
        WriteTexts(json, "links", sandbox.NetNs?.Links ?? []);
        WriteTexts(json, "routes", sandbox.NetNs?.Routes ?? []);
        json.WriteString("netNsProblem", sandbox.NetNsProblem);
        WriteTexts(json, "missing", sandbox.Missing);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, RunningOperation running)
    {
        json.WriteStartObject();
        json.WriteString("request", running.Request);
        json.WriteString("sandbox", running.Sandbox);
        json.WriteString("verb", running.Verb);
        json.WriteString("step", running.Step);
        json.WriteNumber("milliseconds", running.Milliseconds);
        WriteTexts(json, "plugins", running.Plugins);
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
