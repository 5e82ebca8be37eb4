using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Multus.Cni;
using Multus.Cni.Configurations;

namespace Multus.Core.Networks;

/// <summary>
/// One CNI configuration file of the node, read as far as it can be: a <c>.conflist</c> as a list, any other as a
/// single plugin. The plugins that lie beside a list are parsed only when it is chosen, so that a broken one spoils no
/// other network (cni-runtime.md §3.1).
/// </summary>
public sealed class ConfigurationFile
{
    private readonly ImmutableArray<FoundFile> _fragments;

    private ConfigurationFile(
        string path,
        NetworkConfiguration? network,
        string problem,
        ImmutableArray<FoundFile> fragments
    )
    {
        Path = path;
        Network = network;
        Problem = problem;
        _fragments = fragments;
    }

    public string Path { get; }

    /// <summary>
    /// What the file itself says, without the plugins beside it; <c>null</c> when there is a <see cref="Problem"/>.
    /// </summary>
    public NetworkConfiguration? Network { get; }

    /// <summary>Why the file cannot be used, empty when it can.</summary>
    public string Problem { get; }

    /// <summary>
    /// The folder in which further plugins of this list are to be looked for, <c>null</c> when there is none: not a
    /// list, one that wants only its inlined plugins, or one whose name must not become part of a path.
    /// </summary>
    public string? FragmentFolder =>
        Network is { IsList: true, LoadOnlyInlinedPlugins: false } list && NetworkName.TryParse(list.Name, out var name)
            ? System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path) ?? "", name.Value)
            : null;

    /// <summary>True when neither the file nor the folder beside it has a plugin.</summary>
    public bool HasNoPlugins => Network is { Plugins.IsEmpty: true } && _fragments.IsEmpty;

    public static ConfigurationFile Parse(FoundFile file)
    {
        if (file.Unreadable is { } reason)
            return new ConfigurationFile(file.Path, null, $"cannot be read: {reason}", []);
        var isList = System.IO.Path.GetExtension(file.Path) == ".conflist";
        try
        {
            var network = isList
                ? NetworkConfiguration.ParseList(file.Content)
                : NetworkConfiguration.ParseConf(file.Content);
            return new ConfigurationFile(file.Path, network, "", []);
        }
        catch (CniException bad)
        {
            var hint =
                !isList && IsList(file.Content)
                    ? "; it is a list of plugins, which must be in a file named .conflist"
                    : "";
            return new ConfigurationFile(file.Path, null, $"cannot be used: {bad.Error.Text}{hint}", []);
        }
    }

    /// <param name="fragments">The files of <see cref="FragmentFolder"/> that are fragments, sorted by name.</param>
    public ConfigurationFile WithFragments(ImmutableArray<FoundFile> fragments) =>
        new(Path, Network, Problem, fragments);

    /// <summary>The network as <see cref="Complete"/> has it, if it can be a cluster network.</summary>
    /// <param name="network">Meaningful when this returns true.</param>
    /// <param name="problem">Why it cannot, to follow the file's path; empty when it can.</param>
    public bool TryComplete([NotNullWhen(true)] out NetworkConfiguration? network, out string problem)
    {
        network = null;
        problem = Problem;
        if (Network is null)
            return false;
        try
        {
            network = Complete();
            problem = ConfigurationFiles.RunsMultus(network) ? "is the configuration of Multus itself" : "";
        }
        catch (CniException bad)
        {
            // The text begins with the path.
            problem = bad.Error.Text.StartsWith(Path, StringComparison.Ordinal)
                ? bad.Error.Text[Path.Length..].TrimStart()
                : bad.Error.Text;
        }

        if (problem.Length > 0)
            network = null;
        return network is not null;
    }

    /// <summary>The network with the plugins beside it behind its own; its bytes then have them too.</summary>
    /// <exception cref="CniException">Code 7: the file or one beside it cannot be used, or the list has no plugin at
    /// all; begins with the file's path.</exception>
    public NetworkConfiguration Complete()
    {
        if (Network is null)
            throw new CniException(CniErrorCode.InvalidNetworkConfig, $"{Path} {Problem}");
        if (!Network.IsList)
            return Network;
        if (HasNoPlugins)
        {
            throw new CniException(
                CniErrorCode.InvalidNetworkConfig,
                $"{Path} cannot be used: no plugin configs found",
                FragmentFolder is { } folder
                    ? $"neither its 'plugins' nor a .conf file in {folder} has one"
                    : "give it 'plugins'"
            );
        }

        return Network.WithLoadedPlugins([.. _fragments.Select(ParseFragment)]);
    }

    private static bool IsList(ReadOnlyMemory<byte> content)
    {
        try
        {
            return !NetworkConfiguration.ParseList(content).Plugins.IsEmpty;
        }
        catch (CniException)
        {
            return false; // what is wrong is said already, this only chooses a hint
        }
    }

    private PluginConfiguration ParseFragment(FoundFile fragment)
    {
        if (fragment.Unreadable is { } reason)
            throw Broken(fragment, $"cannot be read: {reason}");
        try
        {
            return PluginConfiguration.Parse(fragment.Content);
        }
        catch (CniException bad)
        {
            throw Broken(fragment, bad.Error.Text, bad);
        }
    }

    private CniException Broken(FoundFile fragment, string reason, Exception? cause = null) =>
        new(
            new CniError(
                CniErrorCode.InvalidNetworkConfig,
                $"{Path} cannot be used: its plugin {fragment.Path}: {reason}",
                $"mend or remove that file; list {Network!.Name} takes every .conf file of the folder of its name"
            ),
            cause
        );
}
