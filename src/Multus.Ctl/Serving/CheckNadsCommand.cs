using System.Collections.Immutable;
using System.CommandLine;
using Multus.Core.Networks;
using Multus.Ctl.Clusters;
using Multus.Ctl.Nodes;
using Multus.Ctl.Output;
using Multus.Engine.Attach;
using Multus.Kubernetes;
using Multus.Kubernetes.Api.Configuration;
using Multus.Linux.Processes;

namespace Multus.Ctl.Serving;

/// <summary>
/// <c>multusctl check-nads</c>: for each network whether this node can serve it, why not, and what would mend it.
/// </summary>
internal sealed class CheckNadsCommand
{
    private readonly Session _session;
    private readonly Argument<string[]> _names = new("NETWORK")
    {
        Description = "namespace/name of those to look at; all when there is none",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<bool> _publish = new("--publish")
    {
        Description = "Write the verdict for this node as an annotation on each network; needs the right to patch them",
    };

    private CheckNadsCommand(Session session) => _session = session;

    public static Command Create(Session session)
    {
        var it = new CheckNadsCommand(session);
        var command = new ExampledCommand(
            "check-nads",
            "Says for each network whether this node can serve it: plugins, links, devices, addresses left",
            ("multusctl check-nads", "all networks of the cluster"),
            ("multusctl check-nads default/storage -o json", "one of them"),
            ("multusctl check-nads --publish", "also write the verdicts where kubectl describe shows them")
        )
        {
            it._names,
            it._publish,
        };
        session.Answers(command, it.AskAsync);
        return command;
    }

    private async Task<Answer> AskAsync(ParseResult line, CancellationToken cancel)
    {
        var node = NodeConfiguration.Of(_session, line);
        using var cluster = ClusterOf(node);
        var wanted = Chosen(await NetworksAsync(cluster, cancel), line.GetValue(_names) ?? []);
        using var processes = new ProcessRunner(TimeProvider.System);
        var service = new NetworkService(
            node,
            ConfigurationReader.ReadFolder(node.Settings.ConfDir),
            new PluginProbe(node, processes),
            new NodeStock(node.Daemon.KubeletDir, cluster)
        );
        var verdicts = ImmutableArray.CreateBuilder<NetworkVerdict>();
        foreach (var network in wanted)
            verdicts.Add(await service.JudgeAsync(network, cancel));

        var nodeName = cluster.NodeName.Length > 0 ? cluster.NodeName : Environment.MachineName;
        var publication = line.GetValue(_publish)
            ? await ServingAnnotation.PublishAsync(cluster, nodeName, verdicts, cancel)
            : null;
        return new CheckNadsAnswer(nodeName, verdicts.ToImmutable(), publication)
        {
            ExitCode =
                verdicts.Any(verdict => !verdict.CanServe) ? Ctl.ExitCode.Trouble
                : publication is { Failed.IsEmpty: false } || verdicts.Any(verdict => !verdict.NotAsked.IsEmpty)
                    ? Ctl.ExitCode.NoAnswer
                : Ctl.ExitCode.Success,
        };
    }

    private static ClusterSight ClusterOf(NodeConfiguration node)
    {
        try
        {
            return ClusterSight.Of(node.Daemon);
        }
        catch (ApiConfigurationException e)
        {
            throw new CtlException($"there is no way to the cluster: {e.Message}", e);
        }
    }

    private static async Task<ImmutableArray<NetworkAttachmentDefinition>> NetworksAsync(
        ClusterSight cluster,
        CancellationToken cancel
    )
    {
        try
        {
            return await cluster.NetworksAsync(cancel);
        }
        catch (Exception e) when (e is KubernetesException or IOException or UnauthorizedAccessException)
        {
            throw new CtlException($"the networks of {cluster.Description} cannot be read: {e.Message}", e);
        }
    }

    private static ImmutableArray<NetworkAttachmentDefinition> Chosen(
        ImmutableArray<NetworkAttachmentDefinition> all,
        string[] names
    )
    {
        if (names.Length == 0)
            return all;
        var chosen = ImmutableArray.CreateBuilder<NetworkAttachmentDefinition>();
        foreach (var name in names)
        {
            var full = name.Contains('/', StringComparison.Ordinal) ? name : $"default/{name}";
            chosen.Add(
                all.FirstOrDefault(network => network.Key.ToString() == full)
                    ?? throw new CtlException(
                        $"there is no network-attachment-definition {full}"
                            + (
                                Configuration.Spelling.Nearest(full, all.Select(network => network.Key.ToString()))
                                    is { } meant
                                    ? $"; did you mean {meant}?"
                                    : ""
                            )
                    )
            );
        }

        return chosen.ToImmutable();
    }
}
