using System.Collections.Immutable;
using Multus.Core.Pods;

namespace Multus.Engine.State;

/// <summary>A DEL that is stored, for operators.</summary>
/// <param name="Name">By which it is named; the same whether it waits or was given up.</param>
/// <param name="Since">When its file was written last.</param>
/// <param name="Left">What may have stayed behind, of one that was given up.</param>
public sealed record StoredDeleteFile(string Name, bool IsGivenUp, DateTime Since, ImmutableArray<string> Left)
{
    /// <summary>The container ID; empty when the file does not say.</summary>
    public string Sandbox { get; init; } = "";

    /// <summary>The interface by which it was asked for; empty when the file does not say.</summary>
    public string IfName { get; init; } = "";

    /// <summary>Whose sandbox it was, as far as the file says.</summary>
    public PodIdentity Pod { get; init; } = PodIdentity.None;
}

/// <summary>What became of a stored DEL that was to be changed.</summary>
public abstract record StoredDeleteChange
{
    private StoredDeleteChange() { } // closed: the three below are all there are

    /// <param name="RecordStays">Why the record of its sandbox could not be read and stays; null when there is no such
    /// thing.</param>
    public sealed record Done(string? RecordStays) : StoredDeleteChange;

    /// <summary>It has not been given up: the daemon repeats it by itself.</summary>
    public sealed record Waits : StoredDeleteChange;

    /// <summary>There is none of that name.</summary>
    public sealed record Unknown : StoredDeleteChange;
}
