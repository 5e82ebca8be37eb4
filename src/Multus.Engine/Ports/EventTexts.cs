using System.Text;
using Multus.Cni;
using Multus.Cni.Results;
using Multus.Core.Planning;
using Multus.Core.Pods;
using Multus.Engine.Explain;
using Multus.Engine.History;

namespace Multus.Engine.Ports;

/// <summary>The reasons and words of events (attach.md §8.2, §10.1): upstream's, where upstream has any.</summary>
public static class EventTexts
{
    public const string AddedInterface = "AddedInterface";

    public const string NoNetworkFound = "NoNetworkFound";

    /// <summary>Ours: upstream leaves all other failures to kubelet's own event.</summary>
    public const string AttachFailed = "AttachFailed";

    /// <summary>Ours: a DEL was given up, and something may have stayed behind.</summary>
    public const string DetachGivenUp = "DetachGivenUp";

    /// <summary>Ours, of the node: the file by which the container runtime calls Multus was missing.</summary>
    public const string RuntimeConfigurationRestored = "RuntimeConfigurationRestored";

    /// <summary>Ours, of the node: somebody removes that file again and again.</summary>
    public const string RuntimeConfigurationTaken = "RuntimeConfigurationTaken";

    /// <summary>Ours, of the node: another file is the cluster network's now.</summary>
    public const string ClusterNetworkChanged = "ClusterNetworkChanged";

    /// <summary>Ours, of the node: it has not been able to attach pods for a while.</summary>
    public const string NodeCannotAttach = "NodeCannotAttach";

    /// <summary>Ours, of the node: it is able again.</summary>
    public const string NodeCanAttach = "NodeCanAttach";

    /// <summary>Characters of a message that an API server takes.</summary>
    public const int MaxMessage = 1024;

    private const string Between = "; ";

    /// <summary>
    /// What upstream says of each interface, <c>Add net1 [10.1.1.5/24] from ns/name</c>, joined. What does not fit is
    /// counted. A network whose plugin reports neither interfaces nor addresses is left out.
    /// </summary>
    /// <param name="results">In the order of <paramref name="attachments"/>.</param>
    /// <returns>Null when nothing is left.</returns>
    public static string? Added(IReadOnlyList<PlannedAttachment> attachments, IReadOnlyList<CniResult> results)
    {
        ArgumentNullException.ThrowIfNull(attachments);
        ArgumentNullException.ThrowIfNull(results);
        string[] each =
        [
            .. attachments
                .Zip(results, (attachment, result) => Shows(result) ? Of(attachment, result) : null)
                .OfType<string>(),
        ];
        return each.Length == 0 ? null : Join(each);
    }

    /// <summary>The same, and of how many other pods nothing was said meanwhile.</summary>
    public static string WithOthers(string message, int leftOut)
    {
        if (leftOut == 0)
            return message;
        var rest = $"{Between}{leftOut} more pods of this node were attached since the last event of this kind";
        return ErrorLine.Cut(message, MaxMessage - rest.Length) + rest;
    }

    /// <summary>The event of a failed ADD; null when there is none to whom it could be of use.</summary>
    /// <param name="uid">The pod's UID; empty when unknown.</param>
    public static PodEvent.Failed? Failure(PodIdentity pod, string uid, SandboxId sandbox, CniError error)
    {
        ArgumentNullException.ThrowIfNull(pod);
        ArgumentNullException.ThrowIfNull(error);
        if (!pod.IsPod || error.Code == CniErrorCode.UnknownContainer)
            return null; // no pod, or not that one any more

        // The runtime makes a new sandbox for every try, and each try is a request: their IDs tell tries apart, not
        // failures. The details do, where plugins put the reason there.
        var details = error.Details ?? "";
        var request = details.LastIndexOf("request ", StringComparison.Ordinal);
        var key = $"{error.Message}; {(request < 0 ? details : details[..request])}".Replace(
            sandbox.Value,
            "",
            StringComparison.Ordinal
        );
        return MissingDefinition.Is(error)
            ? new PodEvent.Failed(
                pod.Key,
                uid,
                NoNetworkFound,
                ErrorLine.Cut($"{error.Message}: not found", MaxMessage),
                key
            )
            : new PodEvent.Failed(pod.Key, uid, AttachFailed, WithRemedy(pod.Key, error), key);
    }

    // What multusctl explain says in full, in one line, and how it is called.
    private static string WithRemedy(PodKey pod, CniError error)
    {
        var known = new EntryError(error.Code, error.Message, error.Details ?? "");
        var remedy = Diagnosis.RemedyOf(known) is { } mend ? $". {mend}" : ".";
        var more = $"{remedy} More: multusctl explain {pod}";
        return ErrorLine.Cut(error.Text, MaxMessage - more.Length) + more;
    }

    /// <summary>The event of a DEL that was given up; null when the sandbox was no pod's.</summary>
    /// <param name="left">What may have stayed behind.</param>
    public static PodEvent.Failed? GaveUp(PodIdentity pod, SandboxId sandbox, string left)
    {
        ArgumentNullException.ThrowIfNull(pod);
        return pod.IsPod
            ? new PodEvent.Failed(
                pod.Key,
                pod.Uid,
                DetachGivenUp,
                ErrorLine.Cut(
                    $"sandbox {sandbox} is gone and could not be undone; what may have stayed behind: {left}",
                    MaxMessage
                ),
                sandbox.Value
            )
            : null;
    }

    private static bool Shows(CniResult result) => !result.Interfaces.IsDefaultOrEmpty || !result.Ips.IsDefaultOrEmpty;

    private static string Of(PlannedAttachment attachment, CniResult result)
    {
        var from = attachment.DisplayName.Length == 0 ? "" : $" from {attachment.DisplayName}";
        return $"Add {attachment.Parameters.IfName} [{string.Join(' ', result.Ips.Select(ip => ip.Address))}]{from}";
    }

    private static string Join(string[] each)
    {
        var text = new StringBuilder();
        for (var i = 0; i < each.Length; i++)
        {
            var rest = $"{Between}{each.Length - i} more";
            var room = MaxMessage - text.Length - (i < each.Length - 1 ? rest.Length : 0);
            var next = i == 0 ? each[i] : Between + each[i];
            if (next.Length > room)
                return i == 0 ? ErrorLine.Cut(each[0], MaxMessage - rest.Length) : text.Append(rest).ToString();
            text.Append(next);
        }

        return text.ToString();
    }
}
