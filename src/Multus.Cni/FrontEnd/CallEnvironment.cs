using System.Collections;
using System.Collections.Immutable;

namespace Multus.Cni.FrontEnd;

/// <summary>The environment with which the runtime started this plugin (spec/cni-runtime.md §14).</summary>
public static class CallEnvironment
{
    /// <summary>An unset variable and an empty one are the same to a plugin.</summary>
    public static string? Get(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    /// <summary>The verb, or null when there is none.</summary>
    /// <exception cref="CniException">Code 4: not a verb of the specification.</exception>
    public static CniCommand? Command()
    {
        if (Get("CNI_COMMAND") is not { } text)
            return null;

        return CniCommands.TryParse(text, out var command)
            ? command
            : throw new CniException(CniErrorCode.InvalidEnvironment, $"unknown CNI_COMMAND: {text}");
    }

    /// <exception cref="CniException">Code 4, naming every variable that the verb needs and that is not
    /// there.</exception>
    public static void RequireFor(CniCommand command)
    {
        var isOfOneInterface = command is CniCommand.Add or CniCommand.Check or CniCommand.Del;
        var missing = "";
        Require(isOfOneInterface, "CNI_CONTAINERID", ref missing);
        Require(command is CniCommand.Add or CniCommand.Check, "CNI_NETNS", ref missing);
        Require(isOfOneInterface, "CNI_IFNAME", ref missing);
        Require(true, "CNI_PATH", ref missing);
        if (missing.Length > 0)
            throw new CniException(CniErrorCode.InvalidEnvironment, $"required env variables [{missing}] missing");
    }

    /// <summary>
    /// All of it, as a request has it: names trimmed, entries without a name left out (spec/wire-and-daemon.md
    /// §3.1).
    /// </summary>
    public static ImmutableArray<KeyValuePair<string, string>> All()
    {
        var variables = Environment.GetEnvironmentVariables();
        var all = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>(variables.Count);
        foreach (DictionaryEntry variable in variables)
        {
            var name = ((string)variable.Key).Trim();
            if (name.Length > 0)
                all.Add(new(name, (string?)variable.Value ?? ""));
        }

        return all.DrainToImmutable();
    }

    private static void Require(bool isRequired, string name, ref string missing)
    {
        if (isRequired && Get(name) is null)
            missing = missing.Length == 0 ? name : $"{missing},{name}";
    }
}
