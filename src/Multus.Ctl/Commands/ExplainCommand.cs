using System.CommandLine;
using Multus.Ctl.Explanations;
using Multus.Ctl.Output;

namespace Multus.Ctl.Commands;

/// <summary><c>multusctl explain</c>: why a pod has, or has not, its networks.</summary>
internal static class ExplainCommand
{
    public static Command Create(Session session)
    {
        var subject = new Argument<string>("POD|CONTAINER-ID")
        {
            Description = "A pod's name, NAMESPACE/POD, or the beginning of a container ID",
        };
        var ns = new Option<string>("--namespace", "-n")
        {
            Description = "The pod's namespace; without it, pods of that name in any",
            DefaultValueFactory = _ => "",
        };
        var all = new Option<bool>("--all") { Description = "All sandboxes of the pod, not only the last one" };
        var command = new ExampledCommand(
            "explain",
            "Says why a pod has, or has not, its networks: what was done when, and what would mend it",
            ("multusctl explain shop/web-0", "the last sandbox of a pod"),
            ("multusctl explain 3f2a9c", "a sandbox by the beginning of its container ID"),
            ("multusctl explain web-0 -n shop --all -o json", "all that is remembered of it, for a script")
        )
        {
            subject,
            ns,
            all,
        };
        session.Answers(
            command,
            async (line, cancel) =>
                await new Explainer(session.Configuration(line), TimeProvider.System).ExplainAsync(
                    line.GetRequiredValue(subject),
                    line.GetValue(ns) ?? "",
                    line.GetValue(all),
                    cancel
                )
        );
        return command;
    }
}
