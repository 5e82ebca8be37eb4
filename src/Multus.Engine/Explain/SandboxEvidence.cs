using System.Collections.Immutable;
using Multus.Core.Planning;
using Multus.Engine.History;

namespace Multus.Engine.Explain;

/// <summary>All that a node knows of one sandbox.</summary>
/// <param name="Sandbox">CNI_CONTAINERID.</param>
public sealed record SandboxEvidence(string Sandbox)
{
    /// <summary>What was done to it, the oldest first.</summary>
    public ImmutableArray<OperationEntry> Entries { get; init; } = [];

    /// <summary>What is on record; null: nothing, or it cannot be read.</summary>
    public AttachmentPlan? Record { get; init; }

    /// <summary>Why the record cannot be read; empty: it can, or there is none.</summary>
    public string RecordProblem { get; init; } = "";

    /// <summary>Whether a DEL of it waits to be repeated.</summary>
    public bool DeleteWaits { get; init; }

    /// <summary>Whether a DEL of it was given up, and waits for the operator.</summary>
    public bool DeleteGivenUp { get; init; }

    /// <summary>What the kernel says now; null: nobody could ask it, and <see cref="NetNsProblem"/> says why.</summary>
    public NetNsEvidence? NetNs { get; init; }

    public string NetNsProblem { get; init; } = "";

    /// <summary>What the plugins said they made and the kernel does not have any more, each with its
    /// network.</summary>
    public ImmutableArray<string> Missing { get; init; } = [];

    /// <summary>The last ADD; null: none is remembered.</summary>
    public OperationEntry? LastAdd => Entries.LastOrDefault(entry => entry.Verb == "ADD");

    /// <summary>The last operation; null: none is remembered.</summary>
    public OperationEntry? Last => Entries.LastOrDefault();

    /// <summary>The first that is known of the pod: "namespace/name"; empty for a sandbox that is none's.</summary>
    public string Pod
    {
        get
        {
            var entry = Entries.FirstOrDefault(of => of.PodName.Length > 0);
            var (ns, name) = entry is null
                ? (Record?.Pod.Namespace ?? "", Record?.Pod.Name ?? "")
                : (entry.PodNamespace, entry.PodName);
            return name.Length == 0 ? "" : $"{ns}/{name}";
        }
    }
}

/// <summary>A network namespace as the kernel has it now.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Links">Each interface with its addresses: "net1 10.1.0.4/24".</param>
/// <param name="Routes">As <c>ip route</c> shows them, of the main table.</param>
public sealed record NetNsEvidence(string Path, ImmutableArray<string> Links, ImmutableArray<string> Routes);
