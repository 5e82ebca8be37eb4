using System.Collections.Immutable;
using System.Globalization;
using Multus.Engine.History;

namespace Multus.Engine.Explain;

/// <summary>What is wrong with a sandbox, by what is known of it. Pure.</summary>
public static class Diagnosis
{
    /// <returns>The most important first; empty: nothing is wrong.</returns>
    public static ImmutableArray<Finding> Of(SandboxEvidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        var findings = ImmutableArray.CreateBuilder<Finding>();
        if (evidence.Last is { Error: { } error } failed)
            findings.Add(Failed(failed, error));
        if (evidence.RecordProblem.Length > 0)
        {
            findings.Add(
                new Finding(
                    Cause.RecordDamaged,
                    $"{Sentence(evidence.RecordProblem)} Its DEL goes by the result cache.",
                    "Nothing has to be done: the DEL of the sandbox cleans up what the results name."
                )
            );
        }

        if (!evidence.Missing.IsEmpty && !findings.Any(finding => finding.Cause == Cause.ChangedBehindOurBack))
        {
            findings.Add(
                new Finding(
                    Cause.ChangedBehindOurBack,
                    $"Somebody has taken away what was attached: {string.Join(", ", evidence.Missing)}.",
                    "Delete the pod, so that it is attached anew, and see who changes its network namespace."
                )
            );
        }

        if (evidence.DeleteGivenUp)
        {
            findings.Add(
                new Finding(
                    Cause.DeleteGivenUp,
                    "Its DEL could only go on failing and was given up: addresses or links may be left.",
                    "multusctl pending list says what may be left; pending retry tries once more, pending drop "
                        + "forgets it."
                )
            );
        }
        else if (evidence.DeleteWaits)
        {
            findings.Add(
                new Finding(
                    Cause.DeleteWaits,
                    "Its DEL has failed and is repeated until it succeeds.",
                    "See the error of the last DEL above; multusctl pending retry tries at once."
                )
            );
        }

        return findings.ToImmutable();
    }

    /// <summary>What is wrong with a sandbox of this node, with what is under way for it.</summary>
    /// <param name="evidence">The sandbox.</param>
    /// <param name="running">Its operations.</param>
    /// <param name="cniDir">Where records are.</param>
    public static ImmutableArray<Finding> OfNode(
        SandboxEvidence evidence,
        ImmutableArray<RunningOperation> running,
        string cniDir
    ) => [.. running.Select(Waiting).OfType<Finding>(), .. NodeRoom.Check(cniDir), .. Of(evidence)];

    private static Finding? Waiting(RunningOperation running) =>
        running.Plugins.IsEmpty
            ? null
            : new Finding(
                Cause.WaitsForPlugin,
                $"{running.Verb} is under way for {DurationText(running.Milliseconds)} and waits for plugin "
                    + $"{string.Join(" and plugin ", running.Plugins)}.",
                "If it does not end soon, see what the plugin waits for: its own daemon, a lock, a server for "
                    + "addresses. It is killed when multus.delegates.timeout is over."
            );

    /// <summary>"12.3 ms", "4.5 s".</summary>
    public static string DurationText(double milliseconds) =>
        milliseconds < 1000
            ? string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0.0} ms")
            : string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000:0.0} s");

    /// <summary>What is said of one failure.</summary>
    public static Finding Failed(OperationEntry entry, EntryError error)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(error);
        var rule = Array.Find(FailureRules.All, rule => rule.IsOf(error));
        // Most of our errors begin with what was tried, on what.
        var isWhole = error.Message.StartsWith($"{entry.Verb} of ", StringComparison.Ordinal);
        var said = isWhole ? Sentence(error.Text) : $"{entry.Verb} failed{WhereOf(entry)}: {Sentence(error.Text)}";
        return rule is null
            ? new Finding(
                Cause.PluginFailed,
                said,
                "The words are the plugin's own; its stderr, if it wrote any, is with the plugins."
            )
            : new Finding(rule.Cause, $"{rule.What} {said}", rule.Mend);
    }

    /// <summary>What would mend a failure; null: only who knows the plugin knows.</summary>
    public static string? RemedyOf(EntryError error) => Array.Find(FailureRules.All, rule => rule.IsOf(error))?.Mend;

    private static string WhereOf(OperationEntry entry)
    {
        var plugin = entry.Plugins.FirstOrDefault(run => run.Error is not null);
        if (plugin is null)
            return "";
        var network = entry.Networks.FirstOrDefault(of => of.IfName == plugin.IfName)?.Network ?? plugin.Network;
        return $" in plugin {plugin.Type} of network {network}, interface {plugin.IfName}";
    }

    private static string Sentence(string text) => text.EndsWith('.') ? text : $"{text}.";
}
