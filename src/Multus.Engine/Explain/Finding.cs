namespace Multus.Engine.Explain;

/// <summary>Something that is wrong, in words.</summary>
/// <param name="Cause">Names the kind, for scripts: "PluginNotFound".</param>
/// <param name="What">What is wrong, as a sentence.</param>
/// <param name="Mend">What would mend it, as a sentence.</param>
public sealed record Finding(string Cause, string What, string Mend);
