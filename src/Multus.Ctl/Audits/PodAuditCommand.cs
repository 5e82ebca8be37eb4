using System.Collections.Immutable;
using System.CommandLine;
using Multus.Cni;
using Multus.Ctl.Clusters;
using Multus.Ctl.Nodes;
using Multus.Ctl.Output;
using Multus.Kubernetes;
using Multus.Kubernetes.Api.Configuration;

namespace Multus.Ctl.Audits;

/// <summary><c>multusctl audit pods</c>: running pods whose annotation and real interfaces disagree.</summary>
internal sealed class PodAuditCommand
{
    private readonly Session _session;
    private readonly Option<bool> _publish = new("--publish-condition")
    {
        Description = "Say the verdict as a condition of each pod, multus.cni/NetworksAttached",
    };

    private PodAuditCommand(Session session) => _session = session;

    public static Command Create(Session session)
    {
        var it = new PodAuditCommand(session);
        var command = new ExampledCommand(
            "pods",
            "Says which running pods have other interfaces than their network-status annotation says",
            ("multusctl audit pods", "the pods of this node"),
            ("multusctl audit pods --publish-condition", "also say it on the pods")
        )
        {
            it._publish,
        };
        session.Answers(command, it.AskAsync);
        return command;
    }

    private async Task<Answer> AskAsync(ParseResult line, CancellationToken cancel)
    {
        var node = NodeConfiguration.Of(_session, line);
        try
        {
            using var cluster = ClusterSight.Of(node.Daemon);
            var audit = new PodAudit(node, cluster);
            var pods = await audit.RunAsync(cancel);
            var published = line.GetValue(_publish) ? await audit.PublishAsync(pods, cancel) : null;
            return new PodAuditAnswer(pods, published, audit.NotAsked)
            {
                ExitCode =
                    pods.Any(pod => !pod.Differences.IsEmpty) ? Ctl.ExitCode.Trouble
                    : published is { Failed.IsEmpty: false } || !audit.NotAsked.IsEmpty ? Ctl.ExitCode.NoAnswer
                    : Ctl.ExitCode.Success,
            };
        }
        catch (Exception e)
            when (e
                    is ApiConfigurationException
                        or KubernetesException
                        or IOException
                        or UnauthorizedAccessException
                        or CniException
            )
        {
            throw new CtlException($"the pods of this node cannot be compared: {e.Message}", e);
        }
    }
}
