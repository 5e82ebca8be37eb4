using System.Collections.Immutable;
using System.CommandLine;
using Multus.Cni;
using Multus.Ctl.Clusters;
using Multus.Ctl.Daemons;
using Multus.Ctl.Nodes;
using Multus.Ctl.Output;
using Multus.Kubernetes.Api.Configuration;
using Spectre.Console;

namespace Multus.Ctl.Audits;

/// <summary>
/// <c>multusctl audit</c>: what this node keeps for sandboxes that are gone; with <c>--fix</c>, its release after a
/// preview.
/// </summary>
internal sealed class AuditCommand
{
    private readonly Session _session;
    private readonly Option<bool> _fix = new("--fix")
    {
        Description = "Release what can be released, after a preview and a question",
    };

    private readonly Option<bool> _yes = new("--yes", "-y") { Description = "Do not ask; for scripts" };

    private readonly Option<int?> _grace = new("--grace")
    {
        Description = "What is younger is left alone; usually staleSandboxGraceSeconds of the configuration",
        HelpName = "SECONDS",
    };

    private AuditCommand(Session session) => _session = session;

    public static Command Create(Session session)
    {
        var it = new AuditCommand(session);
        it._grace.Validators.Add(option =>
        {
            if (option.GetValue(it._grace) is < 0)
                option.AddError("--grace takes a number from 0");
        });
        var command = new ExampledCommand(
            "audit",
            "Says what this node keeps for sandboxes that are gone: records, results, DELs, addresses",
            ("multusctl audit", "what leaks, since when, from which pod"),
            ("multusctl audit --fix", "show it, ask, and release it"),
            ("multusctl audit --fix --yes -o json", "release it from a script")
        )
        {
            it._fix,
            it._yes,
            it._grace,
            PodAuditCommand.Create(session),
        };
        session.Answers(command, it.AskAsync);
        return command;
    }

    private async Task<Answer> AskAsync(ParseResult line, CancellationToken cancel)
    {
        var node = NodeConfiguration.Of(_session, line);
        var grace = line.GetValue(_grace) is { } seconds
            ? TimeSpan.FromSeconds(seconds)
            : node.Daemon.StaleSandboxGrace;
        var (cluster, noCluster) = ClusterOf(node);
        using (cluster)
        {
            var audit = new NodeAudit(node, cluster, grace, TimeProvider.System);
            NodeAudit.Outcome found;
            try
            {
                found = await audit.RunAsync(cancel);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or CniException)
            {
                throw new CtlException($"what is kept in {node.Settings.CniDir} cannot be read: {e.Message}", e);
            }

            ImmutableArray<string> notAsked = noCluster is null ? found.NotAsked : [.. found.NotAsked, noCluster];
            var released = line.GetValue(_fix) ? await ReleaseAsync(line, node, audit, found.Leaks, cancel) : null;
            return new AuditAnswer(found.Leaks, notAsked, released) { ExitCode = StatusOf(found, notAsked, released) };
        }
    }

    private static int StatusOf(
        NodeAudit.Outcome found,
        ImmutableArray<string> notAsked,
        ImmutableArray<LeakRelease.Outcome>? released
    )
    {
        var left = found.Leaks.Length - (released?.Count(outcome => outcome.IsDone) ?? 0);
        if (left > 0)
            return Ctl.ExitCode.Trouble;
        return notAsked.IsEmpty ? Ctl.ExitCode.Success : Ctl.ExitCode.NoAnswer;
    }

    private async Task<ImmutableArray<LeakRelease.Outcome>?> ReleaseAsync(
        ParseResult line,
        NodeConfiguration node,
        NodeAudit audit,
        ImmutableArray<Leak> leaks,
        CancellationToken cancel
    )
    {
        var releasable = leaks.Where(leak => leak.Fix.Length > 0).ToList();
        if (releasable.Count > 0 && !line.GetValue(_yes) && !await IsConfirmedAsync(line, releasable, cancel))
            return [];
        return await new LeakRelease(node, audit, new DaemonClient(node.Daemon)).RunAsync(releasable, cancel);
    }

    private async Task<bool> IsConfirmedAsync(ParseResult line, List<Leak> releasable, CancellationToken cancel)
    {
        if (_session.IsJson(line) || !_session.Console.Profile.Capabilities.Interactive)
            throw new CtlException("--fix asks before it releases anything: use a terminal, or add --yes")
            {
                ExitCode = Ctl.ExitCode.Usage,
            };
        AuditAnswer.RenderTable(_session.Console, releasable);
        return await new ConfirmationPrompt($"Release these {releasable.Count}?") { DefaultValue = false }.ShowAsync(
            _session.Console,
            cancel
        );
    }

    private static (ClusterSight? Cluster, string? Why) ClusterOf(NodeConfiguration node)
    {
        try
        {
            return (ClusterSight.Of(node.Daemon), null);
        }
        catch (ApiConfigurationException e)
        {
            return (null, $"the cluster: {e.Message}");
        }
    }
}
