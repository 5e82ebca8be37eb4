using System.Collections.Immutable;
using System.CommandLine;
using Multus.Ctl.Clusters;
using Multus.Ctl.Nodes;
using Multus.Ctl.Output;
using Multus.Kubernetes.Api.Configuration;
using Multus.Kubernetes.Surveys;

namespace Multus.Ctl.Plans;

/// <summary><c>multusctl plan</c>: what an ADD of a pod would do, with nothing run.</summary>
internal sealed class PlanCommand
{
    private readonly Session _session;
    private readonly Option<string> _file = new("--filename", "-f")
    {
        Description = "The pod's manifest; networks in the same file, or folder, come before the cluster's",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<bool> _verbose = new("--verbose")
    {
        Description = "Also show the configuration that each plugin would get",
    };

    private PlanCommand(Session session) => _session = session;

    public static Command Create(Session session)
    {
        var it = new PlanCommand(session);
        var command = new ExampledCommand(
            "plan",
            "Says what an ADD of a pod would do on this node, in which order and why, and what it would be refused for",
            ("multusctl plan -f pod.yaml", "networks, interfaces, and who waits for whom"),
            ("multusctl plan -f pod.yaml --verbose", "also what each plugin would read")
        )
        {
            it._file,
            it._verbose,
        };
        session.Answers(command, it.AskAsync);
        return command;
    }

    private async Task<Answer> AskAsync(ParseResult line, CancellationToken cancel)
    {
        var node = NodeConfiguration.Of(_session, line);
        var file = line.GetRequiredValue(_file);
        var survey = Read(file);
        var (cluster, noCluster) = ClusterOf(node);
        using (cluster)
        {
            // As the daemon has it: where manifests are the cluster, a kubelet has to be named.
            var knowsDevices = node.Daemon.KubeletDir.Length > 0 || cluster?.Folder is null;
            using var planner = new Planner(node, new PlannedCluster(survey, cluster, noCluster), knowsDevices);
            var plans = ImmutableArray.CreateBuilder<PodPlan>();
            foreach (var pod in survey.Pods)
                plans.Add(await planner.PlanAsync(pod.Pod, cancel));
            return new PlanAnswer(plans.ToImmutable(), line.GetValue(_verbose))
            {
                ExitCode = plans.Any(plan => !plan.Faults.IsEmpty) ? Ctl.ExitCode.Trouble : Ctl.ExitCode.Success,
            };
        }
    }

    private static ManifestSurvey Read(string file)
    {
        ManifestSurvey survey;
        try
        {
            survey = ManifestSurvey.Read(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CtlException($"{file} cannot be read: {e.Message}", e);
        }

        if (!survey.Faults.IsEmpty)
            throw new CtlException(
                string.Join('\n', survey.Faults.Select(fault => $"{fault.File}:{fault.Line}: {fault.Reason}"))
            );
        if (!survey.Pods.IsEmpty)
            return survey;
        var others = survey.Others.IsEmpty ? "" : $"; found {string.Join(", ", survey.Others.Select(o => o.Kind))}";
        throw new CtlException($"there is no Pod in {file}{others}: write the pod as it would be made");
    }

    private static (ClusterSight? Cluster, string Why) ClusterOf(NodeConfiguration node)
    {
        try
        {
            return (ClusterSight.Of(node.Daemon), "");
        }
        catch (ApiConfigurationException e)
        {
            return (null, e.Message); // said where a network is missed
        }
    }
}
