using System.CommandLine;
using System.CommandLine.Help;
using Multus.Ctl.Audits;
using Multus.Ctl.Checks;
using Multus.Ctl.Commands;
using Multus.Ctl.Garbage;
using Multus.Ctl.Pending;
using Multus.Ctl.Plans;
using Multus.Ctl.Serving;

namespace Multus.Ctl;

/// <summary>All commands.</summary>
internal static class CommandTree
{
    public static RootCommand Of(Session session)
    {
        var root = new RootCommand("Answers questions about a node, its pods and its networks.")
        {
            session.OutputOption,
            session.ConfigOption,
            StatusCommand.Create(session),
            ExplainCommand.Create(session),
            SupportBundleCommand.Create(session),
            AuditCommand.Create(session),
            CheckConfigCommand.Create(session),
            CheckNadsCommand.Create(session),
            PlanCommand.Create(session),
            GcCommand.Create(session),
            PendingCommand.Create(session),
            CompletionCommand.Create(session),
        };
        foreach (var option in session.Remote.All)
            root.Options.Add(option);
        foreach (var option in root.Options.OfType<HelpOption>())
        {
            if (option.Action is HelpAction help)
                option.Action = new HelpWithExamples(help);
        }

        return root;
    }
}
