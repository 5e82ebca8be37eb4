using System.Collections.Immutable;
using Multus.Engine.Networks;

namespace Multus.Ctl.Serving;

/// <summary>Whether this node can serve a network.</summary>
/// <param name="Network">"namespace/name".</param>
/// <param name="Plugins">Those of its chain and of IPAM.</param>
/// <param name="Ranges">Where addresses come from; none when nobody here knows.</param>
/// <param name="Problems">Why it cannot.</param>
/// <param name="NotAsked">What could not be found out.</param>
internal sealed record NetworkVerdict(
    string Network,
    ImmutableArray<FoundPlugin> Plugins,
    ImmutableArray<RangeUse> Ranges,
    ImmutableArray<ServingProblem> Problems,
    ImmutableArray<string> NotAsked
)
{
    public bool CanServe => Problems.IsEmpty;
}

/// <param name="Message">What is in the way.</param>
/// <param name="Remedy">What would mend it.</param>
internal sealed record ServingProblem(string Message, string Remedy);
