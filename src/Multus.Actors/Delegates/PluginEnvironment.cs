using System.Collections;
using System.Collections.Immutable;
using Multus.Cni.Runtime;

namespace Multus.Actors.Delegates;

/// <summary>The complete environment of a plugin process: the daemon's own without its <c>CNI_*</c> variables, then the call's, in a fixed order (cni-runtime.md §7).</summary>
internal static class PluginEnvironment
{
    private const string CniPrefix = "CNI_";

    private static readonly ImmutableArray<KeyValuePair<string, string>> Inherited = Read();

    public static ImmutableArray<KeyValuePair<string, string>> For(PluginCall call) => Inherited.AddRange(call.Environment);

    private static ImmutableArray<KeyValuePair<string, string>> Read() =>
    [
        .. from DictionaryEntry variable in Environment.GetEnvironmentVariables()
           let name = (string)variable.Key
           where !name.StartsWith(CniPrefix, StringComparison.Ordinal)
           orderby name
           select KeyValuePair.Create(name, (string?)variable.Value ?? ""),
    ];
}
