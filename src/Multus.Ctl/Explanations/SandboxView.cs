using System.Globalization;
using Multus.Core.Planning;
using Multus.Ctl.Output;
using Multus.Engine.Explain;
using Multus.Engine.History;
using Spectre.Console;

namespace Multus.Ctl.Explanations;

/// <summary>One sandbox for a person: its timeline, what is on record, what the kernel says.</summary>
internal static class SandboxView
{
    public static void Render(IAnsiConsole console, SandboxEvidence sandbox)
    {
        var pod = sandbox.Pod.Length == 0 ? "" : $"pod {sandbox.Pod}, ";
        var tree = new Tree(Words.Plain($"{pod}sandbox {sandbox.Sandbox}", new Style(decoration: Decoration.Bold)));
        foreach (var entry in sandbox.Entries)
            Add(tree, entry, sandbox.Record);
        AddRecord(tree, sandbox);
        AddKernel(tree, sandbox);
        console.Write(tree);
    }

    private static void Add(Tree tree, OperationEntry entry, AttachmentPlan? record)
    {
        var outcome = entry switch
        {
            { Error: null } => $"succeeded in {Words.Duration(entry.Milliseconds)}",
            { Refused: true } => "was refused before it began",
            _ => $"failed after {Words.Duration(entry.Milliseconds)}",
        };
        var began = entry.Began.ToString("yyyy-MM-dd HH:mm:ss.fff 'UTC'", CultureInfo.InvariantCulture);
        var node = tree.AddNode(
            Words.Plain(
                $"{entry.Verb} at {began} {outcome} (request {entry.Request})",
                new Style(entry.Error is null ? Color.Green : Color.Red)
            )
        );
        if (entry.Error is { } error)
            node.AddNode(Words.Plain($"error, code {error.Code}: {error.Text}", new Style(Color.Red)));
        var reasons = ReasonsOf(entry, record);
        foreach (var network in entry.Networks)
            node.AddNode(Words.Plain(Of(network) + reasons.GetValueOrDefault(network.IfName, "")));
        foreach (var step in entry.Steps)
        {
            node.AddNode(Words.Plain($"+{Words.Duration(step.At)} {step.Name}, {Words.Duration(step.Milliseconds)}"));
        }

        foreach (var plugin in entry.Plugins)
            Add(node, plugin);
        foreach (var route in entry.RoutesRemoved)
            node.AddNode(Words.Plain($"route before: {route}"));
        foreach (var route in entry.RoutesAdded)
            node.AddNode(Words.Plain($"route after: {route}"));
    }

    // Why one waits for another is decided by the configurations, which only the record has.
    private static Dictionary<string, string> ReasonsOf(OperationEntry entry, AttachmentPlan? record)
    {
        var reasons = new Dictionary<string, string>(StringComparer.Ordinal);
        if (
            record is null
            || !Enum.TryParse<AttachMode>(entry.AttachMode, out var mode)
            || !record
                .Attachments.Select(attachment => attachment.Parameters.IfName)
                .SequenceEqual(entry.Networks.Select(network => network.IfName), StringComparer.Ordinal)
        )
            return reasons;
        foreach (var step in WaveReasons.Of(record.Attachments, mode))
        {
            var why = step.Reasons.Select(reason => $"{entry.Networks[reason.WaitsFor].IfName} ({reason.Why})");
            if (!step.Reasons.IsEmpty)
                reasons[entry.Networks[step.Index].IfName] = $"; waited for {string.Join(", ", why)}";
        }

        return reasons;
    }

    private static void Add(TreeNode node, EntryPlugin plugin)
    {
        var lasted = plugin.Milliseconds is { } milliseconds ? Words.Duration(milliseconds) : "did not end";
        var outcome = plugin.Error is { } error ? $"failed, code {error.Code}: {error.Text}" : "succeeded";
        var run = node.AddNode(
            Words.Plain(
                $"+{Words.Duration(plugin.At)} plugin {plugin.Type} {plugin.Verb} of {plugin.Network} {plugin.IfName}, "
                    + $"{lasted}: {outcome}"
            )
        );
        if (plugin.Stderr.Length > 0)
            run.AddNode(Words.Plain($"stderr: {plugin.Stderr}"));
    }

    private static string Of(EntryNetwork network)
    {
        var addresses = network.Addresses.IsEmpty ? "" : $", {string.Join(' ', network.Addresses)}";
        var origin = network.Origin.Length == 0 ? "" : $", from {network.Origin} (hash {network.Hash})";
        var state = network.Attached ? "attached" : "not attached";
        var what = $"{network.IfName}: {network.Network} ({network.Types}), wave {network.Wave}";
        return $"{what}{origin}{addresses}: {state}";
    }

    private static void AddRecord(Tree tree, SandboxEvidence sandbox)
    {
        if (sandbox.RecordProblem.Length > 0)
            tree.AddNode(Words.Plain($"on record: {sandbox.RecordProblem}", new Style(Color.Red)));
        if (sandbox.Record is not { } record)
        {
            if (sandbox.RecordProblem.Length == 0)
                tree.AddNode(Words.Plain("on record: nothing"));
            return;
        }

        var node = tree.AddNode(Words.Plain(record.IsLeftover ? "on record, left over by a failure" : "on record"));
        foreach (var attachment in record.Attachments)
            node.AddNode(Words.Plain(ExplanationJson.OnRecord(attachment)));
    }

    private static void AddKernel(Tree tree, SandboxEvidence sandbox)
    {
        if (sandbox.NetNs is not { } netNs)
        {
            tree.AddNode(Words.Plain($"kernel: {sandbox.NetNsProblem}"));
            return;
        }

        var node = tree.AddNode(Words.Plain($"kernel, {netNs.Path}"));
        foreach (var link in netNs.Links)
            node.AddNode(Words.Plain(link));
        foreach (var route in netNs.Routes)
            node.AddNode(Words.Plain(route));
        foreach (var missing in sandbox.Missing)
            node.AddNode(Words.Plain($"gone: {missing}", new Style(Color.Red)));
    }
}
