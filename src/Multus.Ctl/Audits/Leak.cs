namespace Multus.Ctl.Audits;

/// <summary>Something that is kept for nobody.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Subject">Its file, or the name of what it is in.</param>
/// <param name="Why">What says that nobody uses it.</param>
internal sealed record Leak(LeakKind Kind, string Subject, string Why)
{
    /// <summary>The container ID; empty when it is not known.</summary>
    public string Sandbox { get; init; } = "";

    /// <summary>"namespace/name"; empty when it is not known.</summary>
    public string Pod { get; init; } = "";

    /// <summary>Empty when it is about no network, or about all of a sandbox.</summary>
    public string Network { get; init; } = "";

    /// <summary>Empty when it is about none.</summary>
    public string IfName { get; init; } = "";

    /// <summary>Empty when it is about none.</summary>
    public string Address { get; init; } = "";

    /// <summary>When its file was written; null when it is no file.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>What <c>--fix</c> does; empty: nothing, and then <see cref="Remedy"/> says what would.</summary>
    public string Fix { get; init; } = "";

    /// <summary>What mends it where <c>--fix</c> does not.</summary>
    public string Remedy { get; init; } = "";
}

/// <summary>What can be kept for nobody.</summary>
internal enum LeakKind
{
    /// <summary>A sandbox on record that is no longer there.</summary>
    Sandbox,

    /// <summary>Cached results of a sandbox that has no record and is no longer there.</summary>
    CachedResult,

    /// <summary>A record that cannot be read.</summary>
    DamagedRecord,

    /// <summary>A DEL that waits, longer than it should.</summary>
    WaitingDelete,

    /// <summary>A DEL that was given up.</summary>
    GivenUpDelete,

    /// <summary>An address of host-local.</summary>
    HostLocalAddress,

    /// <summary>An address in a pool of whereabouts.</summary>
    WhereaboutsAddress,
}
