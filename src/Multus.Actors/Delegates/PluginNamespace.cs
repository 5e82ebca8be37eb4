using System.Collections.Immutable;
using Multus.Cni;
using Multus.Cni.Runtime;
using Multus.Linux.Namespaces;

namespace Multus.Actors.Delegates;

/// <summary>
/// CNI_NETNS as a plugin gets it: a path only while a network namespace is there. Some plugins take whatever they find
/// at a path that is not one, and make a file where there is nothing; then no later DEL can succeed.
/// </summary>
internal static class PluginNamespace
{
    private const string Variable = "CNI_NETNS";

    /// <summary>
    /// The variables with which the plugin is run now. A DEL whose namespace is gone gets it empty, as the
    /// specification has it (DEL, CNI_NETNS).
    /// </summary>
    /// <exception cref="CniException">Code 8: the verb needs the namespace, and it is gone or cannot be looked at; the
    /// plugin must not run.</exception>
    public static ImmutableArray<KeyValuePair<string, string>> Checked(PluginCall call)
    {
        var variables = call.Environment;
        for (var i = 0; i < variables.Length; i++)
        {
            if (variables[i] is { Key: Variable, Value.Length: > 0 } netNs && !IsThere(netNs.Value, call))
                return variables.SetItem(i, new(Variable, ""));
        }

        return variables;
    }

    private static bool IsThere(string path, PluginCall call)
    {
        try
        {
            if (NetworkNamespace.IsNamespace(path))
                return true;
        }
        catch (NamespaceException e)
        {
            throw new CniException(
                new CniError(CniErrorCode.InvalidNetNs, $"was not run for {call.Command.ToWire()}: {e.Message}"),
                e
            );
        }

        return call.Command == CniCommand.Del
            ? false
            : throw new CniException(
                CniErrorCode.InvalidNetNs,
                $"was not run for {call.Command.ToWire()}: there is no network namespace at {path}"
            );
    }
}
