using System.Collections.Immutable;
using Multus.Cni;
using Multus.Cni.Configurations;

namespace Multus.Core.Networks;

/// <summary>
/// A folder of CNI configurations as it was when it was read, and the choice from it (attach.md §5.1).
/// </summary>
/// <param name="Files">Its configuration files, sorted by name.</param>
/// <param name="Unreadable">Why the folder itself could not be read, else <c>null</c>. One that is not there is just
/// empty.</param>
/// <remarks>
/// Unlike upstream, a file that does not parse never hides those after it; when nothing is found the error names it
/// with its reason.
/// </remarks>
public sealed record ConfigurationFolder(
    string Path,
    ImmutableArray<ConfigurationFile> Files,
    string? Unreadable = null
)
{
    /// <summary>The first usable configuration; Multus' own is passed over.</summary>
    /// <exception cref="CniException">Code 7: none is usable; the text names the folder and, for each file, why
    /// not.</exception>
    public NetworkConfiguration First()
    {
        if (Files.FirstOrDefault(file => ProblemOf(file).Length == 0) is { } usable)
            return usable.Complete();
        throw Files.IsEmpty
            ? NothingThere(
                $"no networks found in {Path}",
                "install the cluster's own CNI configuration there, or name another place"
            )
            : new CniException(CniErrorCode.InvalidNetworkConfig, $"no usable network in {Path}", Reasons(Files));
    }

    /// <summary>
    /// The first configuration of this name. The name is the JSON's; what the file is called only orders.
    /// </summary>
    /// <exception cref="CniException">
    /// Code 7: none has the name, and then the text names every file that could not be read; or the one that has it
    /// cannot be used.
    /// </exception>
    public NetworkConfiguration Named(string name)
    {
        if (name.Length > 0 && Files.FirstOrDefault(file => file.Network?.Name == name) is { } found)
            return found.Complete();

        var message = $"no network configuration of the name \"{name}\" in {Path}";
        var unusable = Files.Where(file => file.Network is null).ToImmutableArray();
        if (Files.IsEmpty)
            throw NothingThere(message, "install the configuration there, or set 'confDir' to the folder that has it");
        var others = string.Join(
            ", ",
            Files.Where(file => file.Network is not null).Select(file => file.Network!.Name)
        );
        throw new CniException(
            CniErrorCode.InvalidNetworkConfig,
            message,
            $"names found: {(others.Length > 0 ? others : "none")}"
                + (unusable.IsEmpty ? "" : $"; not usable: {Reasons(unusable)}")
        );
    }

    /// <summary>Where <see cref="Named"/> finds it; the folder if it does not.</summary>
    public string PathOf(string name) => Files.FirstOrDefault(file => file.Network?.Name == name)?.Path ?? Path;

    private CniException NothingThere(string message, string remedy) =>
        new(
            CniErrorCode.InvalidNetworkConfig,
            message,
            (Unreadable is { } reason ? $"it cannot be read: {reason}" : "it has no .conf, .conflist or .json file")
                + $"; {remedy}"
        );

    private static string Reasons(IEnumerable<ConfigurationFile> files) =>
        string.Join("; ", files.Select(file => $"{System.IO.Path.GetFileName(file.Path)} {ProblemOf(file)}"));

    private static string ProblemOf(ConfigurationFile file) =>
        file switch
        {
            { Network: null } => file.Problem,
            { Network: { } network } when ConfigurationFiles.RunsMultus(network) =>
                "is the configuration of Multus itself",
            { HasNoPlugins: true } => "has no plugins",
            _ => "",
        };
}
