namespace Multus.TestSupport;

/// <summary>The files below <c>cniDir</c> that belong to the node and to no pod: they stay when all pods are gone.</summary>
public static class NodeMemory
{
    /// <param name="file">Relative to <c>cniDir</c>, with slashes.</param>
    public static bool Holds(string file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return file.StartsWith("networks/", StringComparison.Ordinal)
            || file.StartsWith("history/", StringComparison.Ordinal)
            || file.StartsWith(".detached", StringComparison.Ordinal)
            || file is ".lock" or ".installed" or ".uninstalled" or ".inherited.json";
    }
}
