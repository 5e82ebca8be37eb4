using Multus.Core.Generation;

namespace Multus.Engine.Installation;

/// <summary>Where the configuration of the container runtime is, and what it is made from.</summary>
public sealed record RuntimeConfigSettings
{
    /// <summary>Where the runtime looks: upstream's key <c>cniConfigDir</c>.</summary>
    public required string Folder { get; init; }

    /// <summary>Its name there.</summary>
    public string FileName { get; init; } = RuntimeConfigTemplate.FileName;

    /// <summary>
    /// Makes it from the cluster network's file; null: <see cref="FixedFile"/> or <see cref="FixedContent"/> is what it
    /// says.
    /// </summary>
    public RuntimeConfigTemplate? Template { get; init; }

    /// <summary>A ready-made configuration (wire-and-daemon.md §9.6).</summary>
    public string FixedFile { get; init; } = "";

    /// <summary>What it says when that depends on no file.</summary>
    public ReadOnlyMemory<byte>? FixedContent { get; init; }

    /// <summary>Where the cluster network is looked for: upstream's key <c>multusAutoconfigDir</c>.</summary>
    public string NetworkFolder { get; init; } = "";

    /// <summary>
    /// The one file of it that counts; empty: the first that can be used. Upstream's key <c>multusMasterCNI</c>.
    /// </summary>
    public string MasterFile { get; init; } = "";

    /// <summary>Whether the cluster network's file is given Multus' own cniVersion.</summary>
    public bool ForceVersion { get; init; }

    /// <summary>A file whose presence says that the cluster network works; empty: its plugins are asked.</summary>
    public string ReadinessIndicator { get; init; } = "";

    /// <summary>For how long the folder has to be as it is before a choice is made.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long the file of the network in use may be missing before another takes its place: an agent that restarts
    /// may remove its file and write it again.
    /// </summary>
    public TimeSpan MissingPatience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether the file goes when the daemon stops, as upstream's does.</summary>
    public bool RemoveOnExit { get; init; }

    /// <summary>Once this file is there, the node has been given back: nothing is kept any more.</summary>
    public string UninstalledMarker { get; init; } = "";

    /// <summary>The whole path.</summary>
    public string Path => System.IO.Path.Combine(Folder, FileName);
}
