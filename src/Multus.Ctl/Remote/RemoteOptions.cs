using System.CommandLine;

namespace Multus.Ctl.Remote;

/// <summary>By which a command is carried out on other nodes: every command has them.</summary>
internal sealed class RemoteOptions
{
    private const string OurSelector = "app.kubernetes.io/name=multus";

    public Option<string[]> Node { get; } =
        new("--node")
        {
            Description =
                "Ask the daemon's pod of this node instead, through the API server; may be given several times",
            HelpName = "NAME",
            Recursive = true,
        };

    public Option<bool> AllNodes { get; } =
        new("--all-nodes") { Description = "Ask every node, 32 at once", Recursive = true };

    public Option<string> Kubeconfig { get; } =
        new("--kubeconfig")
        {
            Description =
                "Leads to the API server for --node and --all-nodes; else KUBECONFIG, ~/.kube/config, or the "
                + "service account of the pod that this runs in",
            HelpName = "FILE",
            Recursive = true,
            DefaultValueFactory = _ => "",
        };

    public Option<string> Selector { get; } =
        new("--selector")
        {
            Description = "The labels of the daemon's pods",
            HelpName = "LABELS",
            Recursive = true,
            DefaultValueFactory = _ => OurSelector,
        };

    public IEnumerable<Option> All => [Node, AllNodes, Kubeconfig, Selector];

    public bool AreUsed(ParseResult line) => line.GetValue(AllNodes) || line.GetValue(Node) is { Length: > 0 };

    /// <summary>The command line as the node gets it: without what is about the way there.</summary>
    public IReadOnlyList<string> Without(IReadOnlyList<string> args)
    {
        var kept = new List<string>();
        for (var i = 0; i < args.Count; i++)
        {
            if (args[i] == AllNodes.Name)
                continue;
            if (WithValue(args[i], alone: true))
                i++;
            else if (!WithValue(args[i], alone: false))
                kept.Add(args[i]);
        }

        return kept;
    }

    // "--node NAME" is two words, "--node=NAME" and "--node:NAME" are one.
    private bool WithValue(string word, bool alone) =>
        ((Option[])[Node, Kubeconfig, Selector]).Any(option =>
            alone
                ? word == option.Name
                : word.StartsWith(option.Name + "=", StringComparison.Ordinal)
                    || word.StartsWith(option.Name + ":", StringComparison.Ordinal)
        );
}
