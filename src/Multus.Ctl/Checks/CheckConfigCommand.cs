using System.Collections.Immutable;
using System.CommandLine;
using Multus.Configuration;
using Multus.Core.Configuration;
using Multus.Core.Networks;
using Multus.Ctl.Clusters;
using Multus.Ctl.Output;
using Multus.Engine.Attach;
using Multus.Kubernetes;
using Multus.Kubernetes.Surveys;

namespace Multus.Ctl.Checks;

/// <summary>
/// <c>multusctl check-config</c>: all that is wrong with the daemon's configuration, its HOCON, what the container
/// runtime reads, and every network, at once.
/// </summary>
internal sealed class CheckConfigCommand
{
    private readonly Session _session;
    private readonly Option<string?> _hocon = new("--hocon")
    {
        Description = "The daemon's akka.hocon, where it has one",
        HelpName = "FILE",
    };

    private readonly Option<string?> _confDir = new("--conf-dir")
    {
        Description = "Where the container runtime finds its network; usually cniConfigDir of the configuration",
        HelpName = "DIR",
    };

    private readonly Option<string?> _nads = new("--nads")
    {
        Description = "A folder of manifests, or one file, whose networks are checked instead of the cluster's",
        HelpName = "FOLDER",
    };

    private CheckConfigCommand(Session session) => _session = session;

    public static Command Create(Session session)
    {
        var it = new CheckConfigCommand(session);
        var command = new ExampledCommand(
            "check-config",
            "Says all that is wrong with the daemon's configuration and the networks, with file, line and column",
            ("multusctl check-config", "on a node: what its daemon, its runtime and the cluster have"),
            (
                "multusctl check-config --config daemon-config.json --nads ./networks",
                "manifests before they are applied"
            ),
            ("multusctl check-config --hocon /etc/multus/akka.hocon -o json", "for a pipeline")
        )
        {
            it._hocon,
            it._confDir,
            it._nads,
        };
        session.Answers(command, it.AskAsync);
        return command;
    }

    private async Task<Answer> AskAsync(ParseResult line, CancellationToken cancel)
    {
        var file =
            _session.ConfigurationFile(line)
            ?? throw new CtlException(
                "there is no daemon's configuration where it usually is: name it with --config FILE"
            );
        var checkedOf = DaemonCheck.Run(file, line.GetValue(_hocon));
        var faults = checkedOf.Faults.ToBuilder();
        var found = new FoundConfiguration { Faults = faults };
        found.LookedAt.Add(file);
        if (line.GetValue(_hocon) is { } hocon)
            found.LookedAt.Add(hocon);

        var settings = SettingsOf(checkedOf.Daemon);
        var plugins = PluginsIn(settings.BinDir, checkedOf.Daemon?.ChrootDir ?? "");
        CheckRuntime(line, checkedOf.Daemon, plugins, found);
        var confDir = ConfigurationReader.ReadFolder(settings.ConfDir);
        var check = new NetworkCheck(confDir, plugins);
        if (line.GetValue(_nads) is { } folder)
            CheckFolder(folder, check, found);
        else if (checkedOf.NoCluster is { } reason)
            found.NotAsked.Add($"the networks of the cluster: {reason}; name a folder with --nads");
        else
            await CheckClusterAsync(checkedOf.Daemon!, check, found, cancel);
        return found.ToAnswer();
    }

    private void CheckRuntime(
        ParseResult line,
        DaemonConfiguration? daemon,
        IReadOnlySet<string>? plugins,
        FoundConfiguration found
    )
    {
        var named = line.GetValue(_confDir);
        var folder = named ?? daemon?.RuntimeConfig?.Folder ?? DaemonConfiguration.DefaultRuntimeConfigDir;
        if (named is null && !Directory.Exists(folder))
        {
            found.NotAsked.Add($"the container runtime's configuration: there is no {folder}; name it with --conf-dir");
            return;
        }

        found.LookedAt.Add(folder);
        foreach (var fault in new RuntimeCheck(folder, daemon, plugins).Run())
            found.Faults.Add(fault);
    }

    private static void CheckFolder(string folder, NetworkCheck check, FoundConfiguration found)
    {
        ManifestSurvey survey;
        try
        {
            survey = ManifestSurvey.Read(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CtlException($"the manifests in {folder} cannot be read: {e.Message}", e);
        }

        found.LookedAt.Add(folder);
        Add(survey, check, found);
    }

    private static void Add(ManifestSurvey survey, NetworkCheck check, FoundConfiguration found)
    {
        foreach (var fault in survey.Faults)
            found.Faults.Add(new Fault(fault.File, (int)fault.Line, 0, "", fault.Reason));
        foreach (var other in survey.Others)
        {
            const string kind = "NetworkAttachmentDefinition";
            var written = other.Kind.Split(' ')[0];
            if (written != kind && Spelling.Nearest(written, [kind]) is not null)
                found.Faults.Add(
                    new Fault(
                        other.File,
                        (int)other.Line,
                        0,
                        "kind",
                        $"there is no kind {written}",
                        $"did you mean {kind}?"
                    )
                );
            else if (written == kind)
                found.Faults.Add(
                    new Fault(
                        other.File,
                        (int)other.Line,
                        0,
                        "apiVersion",
                        $"{other.Kind} is not the version that there is",
                        "write apiVersion: k8s.cni.cncf.io/v1"
                    )
                );
        }

        foreach (var network in survey.Networks)
        {
            found.Networks++;
            foreach (var fault in check.Run(new(network.Network, network.File, network.Line, network.Config)))
                found.Faults.Add(fault);
        }
    }

    private static async Task CheckClusterAsync(
        DaemonConfiguration daemon,
        NetworkCheck check,
        FoundConfiguration found,
        CancellationToken cancel
    )
    {
        using var cluster = ClusterSight.Of(daemon);
        try
        {
            if (cluster.Folder is { } manifests)
            {
                Add(ManifestSurvey.Read(manifests), check, found);
            }
            else
            {
                foreach (var network in await cluster.NetworksAsync(cancel))
                {
                    found.Networks++;
                    foreach (var fault in check.Run(new CheckedNetwork(network)))
                        found.Faults.Add(fault);
                }
            }

            found.LookedAt.Add(cluster.Description);
        }
        catch (Exception e) when (e is KubernetesException or IOException or UnauthorizedAccessException)
        {
            found.NotAsked.Add($"the networks of {cluster.Description}: {e.Message}");
        }
    }

    // Of a configuration that is wrong, what is needed here counts.
    private static MultusConfiguration SettingsOf(DaemonConfiguration? daemon) =>
        MultusConfiguration.ParseForDelete("{}"u8.ToArray(), daemon?.Json ?? ReadOnlyMemory<byte>.Empty);

    private static HashSet<string>? PluginsIn(string binDir, string root)
    {
        var folder = root.TrimEnd('/') + binDir;
        try
        {
            return Directory.Exists(folder)
                ? Directory
                    .EnumerateFiles(folder)
                    .Select(path => Path.GetFileName(path))
                    .ToHashSet(StringComparer.Ordinal)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // names of plugins are then compared with those that are known
        }
    }

    private sealed class FoundConfiguration
    {
        public required ImmutableArray<Fault>.Builder Faults { get; init; }

        public List<string> LookedAt { get; } = [];

        public List<string> NotAsked { get; } = [];

        public int Networks { get; set; }

        public CheckConfigAnswer ToAnswer()
        {
            // File by file in the order in which they were read, in each from its top.
            var files = Faults.Select(fault => fault.File).Distinct().ToList();
            ImmutableArray<Fault> faults =
            [
                .. Faults
                    .OrderBy(fault => files.IndexOf(fault.File))
                    .ThenBy(fault => fault.Line)
                    .ThenBy(fault => fault.Column),
            ];
            return new CheckConfigAnswer(faults, Networks, [.. LookedAt], [.. NotAsked])
            {
                ExitCode =
                    faults.Any(fault => fault.IsError) ? Ctl.ExitCode.Trouble
                    : NotAsked.Count > 0 ? Ctl.ExitCode.NoAnswer
                    : Ctl.ExitCode.Success,
            };
        }
    }
}
