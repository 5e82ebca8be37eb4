using System.Collections.Immutable;

namespace Multus.Engine.History;

/// <summary>One operation that has ended, as it is remembered: who it was for, what was done when, and how it
/// ended.</summary>
/// <param name="Request">Names the request in the log and in errors.</param>
/// <param name="Verb">ADD, DEL, CHECK; the CNI verb as it goes over the wire.</param>
/// <param name="Sandbox">CNI_CONTAINERID.</param>
/// <param name="Began">When it had its turn.</param>
/// <param name="Milliseconds">How long it took.</param>
public sealed record OperationEntry(
    string Request,
    string Verb,
    string Sandbox,
    DateTimeOffset Began,
    double Milliseconds
)
{
    /// <summary>The pod; empty for a sandbox that is none's.</summary>
    public string PodNamespace { get; init; } = "";

    public string PodName { get; init; } = "";

    public string PodUid { get; init; } = "";

    /// <summary>CNI_NETNS; empty for a DEL that had none.</summary>
    public string NetNs { get; init; } = "";

    /// <summary>CNI_IFNAME.</summary>
    public string IfName { get; init; } = "";

    /// <summary>The folder of records and results that the request was about.</summary>
    public string CniDir { get; init; } = "";

    /// <summary>Why it failed; null when it did not.</summary>
    public EntryError? Error { get; init; }

    /// <summary>True of a request that was refused before it had its turn.</summary>
    public bool Refused { get; init; }

    /// <summary>The stretches of the operation, in their order.</summary>
    public ImmutableArray<EntryStep> Steps { get; init; } = [];

    /// <summary>What an ADD was to attach, in the order of the plan; empty when it never had a plan.</summary>
    public ImmutableArray<EntryNetwork> Networks { get; init; } = [];

    /// <summary>attachMode, by which the waves of <see cref="Networks"/> were decided: "Auto".</summary>
    public string AttachMode { get; init; } = "";

    /// <summary>The plugins that were run, in the order in which they were asked for.</summary>
    public ImmutableArray<EntryPlugin> Plugins { get; init; } = [];

    /// <summary>Default routes that were taken away, and those that came instead.</summary>
    public ImmutableArray<string> RoutesRemoved { get; init; } = [];

    public ImmutableArray<string> RoutesAdded { get; init; } = [];
}

/// <param name="Code">See <see cref="Cni.CniErrorCode"/>.</param>
public sealed record EntryError(uint Code, string Message, string Details)
{
    public string Text => Details.Length == 0 ? Message : $"{Message}; {Details}";
}

/// <param name="Name">planning, attaching, routes, status; plugins of another verb than ADD.</param>
/// <param name="At">Milliseconds from the beginning of the operation.</param>
/// <param name="Milliseconds">How long it took.</param>
public sealed record EntryStep(string Name, double At, double Milliseconds);

/// <param name="Network">"namespace/name" of the definition, else the configuration's own name.</param>
/// <param name="IfName">The interface in the pod.</param>
/// <param name="Types">Its plugins: "bridge" or "bridge,portmap".</param>
/// <param name="Origin">Where the configuration was found; empty: nobody knows.</param>
/// <param name="Hash">Of the configuration as it stood there (<see cref="Core.StableHash"/>); or empty.</param>
/// <param name="Wave">Networks of one wave are attached side by side; the cluster network's is 0.</param>
public sealed record EntryNetwork(string Network, string IfName, string Types, string Origin, string Hash, int Wave)
{
    /// <summary>Whether all of its plugins have run.</summary>
    public bool Attached { get; init; }

    /// <summary>With their prefix lengths: "10.1.0.4/24".</summary>
    public ImmutableArray<string> Addresses { get; init; } = [];

    /// <summary>Of its interface in the pod; or empty.</summary>
    public string Mac { get; init; } = "";
}

/// <param name="Type">The plugin's type.</param>
/// <param name="Verb">What it was run for.</param>
/// <param name="Network">The network's name.</param>
/// <param name="IfName">CNI_IFNAME; empty for STATUS and GC.</param>
/// <param name="At">Milliseconds from the beginning of the operation.</param>
/// <param name="Milliseconds">Until it ended, with the time it waited for a slot; null: it had not ended.</param>
public sealed record EntryPlugin(
    string Type,
    string Verb,
    string Network,
    string IfName,
    double At,
    double? Milliseconds
)
{
    public EntryError? Error { get; init; }

    /// <summary>What it wrote to stderr, in one line; empty: nothing.</summary>
    public string Stderr { get; init; } = "";
}
