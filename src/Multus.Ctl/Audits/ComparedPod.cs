using System.Collections.Immutable;

namespace Multus.Ctl.Audits;

/// <summary>A pod with what its annotation says and its namespace has.</summary>
/// <param name="Pod">"namespace/name".</param>
/// <param name="Uid">Empty when the cluster does not say.</param>
/// <param name="Sandbox">Its container ID; empty when there is no record of it.</param>
/// <param name="Differences">In words; none when all is as it is said.</param>
internal sealed record ComparedPod(string Pod, string Uid, string Sandbox, ImmutableArray<string> Differences);
