namespace Multus.Core.Planning;

/// <summary>A network that the Multus configuration names (attach.md §5).</summary>
/// <param name="Key">The configuration key that names it; errors begin with it.</param>
/// <param name="Value">
/// With a '/' the path of a file or a folder. Without, the name of a NAD in multusNamespace or, when there is none, of
/// a configuration in confDir.
/// </param>
public sealed record ConfiguredNetwork(string Key, string Value)
{
    public bool IsPath => Value.Contains('/', StringComparison.Ordinal);

    public override string ToString() => $"{Key} {Value}";
}
