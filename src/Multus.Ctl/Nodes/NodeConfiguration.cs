using System.Collections.Immutable;
using System.CommandLine;
using Multus.Cni;
using Multus.Configuration;
using Multus.Core.Configuration;

namespace Multus.Ctl.Nodes;

/// <summary>What holds on this node: the daemon's configuration over the runtime's for Multus.</summary>
/// <param name="Daemon">The daemon's.</param>
/// <param name="Request">What the runtime sends with each request; an empty object when it is not known.</param>
/// <param name="Settings">Both together.</param>
internal sealed record NodeConfiguration(
    DaemonConfiguration Daemon,
    ReadOnlyMemory<byte> Request,
    MultusConfiguration Settings
)
{
    /// <summary>
    /// Where plugins and their files are: chrootDir where it is there, for the daemon's container has the host there
    /// and the host itself has not; empty: where this process is.
    /// </summary>
    public string Root { get; } = Directory.Exists(Daemon.ChrootDir) ? Daemon.ChrootDir.TrimEnd('/') : "";

    /// <summary>Where plugins are looked for.</summary>
    public ImmutableArray<string> PluginPath { get; } =
    [
        .. new[] { Settings.BinDir }
            .Concat((Environment.GetEnvironmentVariable("CNI_PATH") ?? "").Split(':'))
            .Where(folder => folder.Length > 0)
            .Distinct(),
    ];

    /// <exception cref="Output.CtlException">The daemon's configuration cannot be read, or is wrong.</exception>
    public static NodeConfiguration Of(Session session, ParseResult line)
    {
        var daemon = session.Configuration(line);
        var folder = daemon.RuntimeConfig?.Folder ?? DaemonConfiguration.DefaultRuntimeConfigDir;
        var request = RuntimeFolder.OwnIn(folder) ?? "{}"u8.ToArray();
        return new NodeConfiguration(daemon, request, MultusConfiguration.ParseForDelete(request, daemon.Json));
    }

    /// <summary>The environment of a request that is about no sandbox.</summary>
    public ImmutableArray<KeyValuePair<string, string>> RequestEnvironment(CniCommand command) =>
        [new("CNI_COMMAND", command.ToWire()), new("CNI_PATH", string.Join(':', PluginPath))];

    /// <summary>A path of the plugins' world as this process sees it.</summary>
    public string Seen(string path) => Root.Length == 0 ? path : Root + path;
}
