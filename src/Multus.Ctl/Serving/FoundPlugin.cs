using System.Collections.Immutable;

namespace Multus.Ctl.Serving;

/// <summary>A plugin of this node.</summary>
/// <param name="Path">Of its binary; empty when there is none.</param>
/// <param name="Versions">Of the specification, those that it speaks.</param>
/// <param name="Problem">Why it cannot be used; empty when it can.</param>
internal sealed record FoundPlugin(string Type, string Path, ImmutableArray<string> Versions, string Problem);
