using System.Collections.Immutable;
using Multus.Cni;
using Multus.Cni.Runtime;

namespace Multus.Actors.Delegates;

/// <summary>
/// The complete environment of a plugin process: the daemon's own without its <c>CNI_*</c> variables, then the call's,
/// in a fixed order (cni-runtime.md §7).
/// </summary>
internal static class PluginEnvironment
{
    private const string CniPrefix = "CNI_";

    private static readonly ImmutableArray<KeyValuePair<string, string>> Inherited = Read();

    /// <exception cref="CniException">The plugin must not run: see <see cref="PluginNamespace"/>.</exception>
    public static ImmutableArray<KeyValuePair<string, string>> For(PluginCall call) =>
        Inherited.AddRange(PluginNamespace.Checked(call));

    private static ImmutableArray<KeyValuePair<string, string>> Read()
    {
        var variables = Environment.GetEnvironmentVariables();
        var inherited = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>(variables.Count);
        foreach (
            var name in variables
                .Keys.Cast<string>()
                .Where(name => !name.StartsWith(CniPrefix, StringComparison.Ordinal))
                .Order()
        )
            inherited.Add(new(name, (string?)variables[name] ?? ""));
        return inherited.ToImmutable();
    }
}
