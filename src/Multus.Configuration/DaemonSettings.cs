using System.Collections.Immutable;
using Multus.Actors.Configuration;
using Multus.Actors.Netlink;
using Multus.Actors.Node;
using Multus.Configuration.Hocon;
using Multus.Kubernetes.Api.Configuration;

namespace Multus.Configuration;

/// <summary>Everything the daemon is configured with, read once at start.</summary>
/// <param name="Daemon">From <c>daemon-config.json</c>.</param>
/// <param name="Cluster">Where pods and networks come from.</param>
/// <param name="Node">From <c>akka.hocon</c>.</param>
/// <param name="Hocon">The same, for the actor system itself.</param>
/// <param name="Server">From the same file, for the socket's server.</param>
public sealed record DaemonSettings(
    DaemonConfiguration Daemon,
    ClusterSource Cluster,
    NodeSettings Node,
    Config Hocon,
    ServerSettings Server
)
{
    private const string BuiltIn = "akka.hocon";

    /// <summary>The settings, or every error of both files together.</summary>
    /// <param name="Warnings">What is no reason not to start, and not what its writer meant.</param>
    internal sealed record Loaded(
        DaemonSettings? Settings,
        ImmutableArray<string> Errors,
        ImmutableArray<string> Warnings
    );

    internal static Loaded Load(string configurationFile, string? hoconFile)
    {
        var errors = new List<string>();
        var daemon = LoadDaemon(configurationFile, errors);
        var cluster = daemon is null ? null : ChooseCluster(daemon, configurationFile, errors);
        var builtIn = LoadBuiltIn();
        var changes = LoadChanges(hoconFile, builtIn, errors);
        var hocon = changes?.Config.WithFallback(builtIn) ?? builtIn;

        var reader = new HoconReader(hocon, key => changes?.PlaceOf(key) ?? BuiltIn);
        var node = NodeSettings.Read(reader);
        var server = ServerSettings.Read(reader);
        errors.AddRange(reader.Errors);
        ImmutableArray<string> warnings =
        [
            .. (daemon?.WithoutEffect ?? []).Select(key => $"{configurationFile}: {key}"),
        ];
        return errors.Count == 0 && daemon is not null && cluster is not null
            ? new Loaded(new DaemonSettings(daemon, cluster, node, hocon, server), [], warnings)
            : new Loaded(null, [.. errors], warnings);
    }

    internal static DaemonConfiguration? LoadDaemon(string file, List<string> errors)
    {
        try
        {
            var found = new List<string>();
            var daemon = DaemonConfiguration.Parse(File.ReadAllBytes(file), found);
            errors.AddRange(found.Select(error => $"{file}: {error}"));
            return daemon;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add($"the configuration file cannot be read: {e.Message} Name one with -config FILE.");
            return null;
        }
    }

    private static ClusterSource? ChooseCluster(DaemonConfiguration daemon, string file, List<string> errors)
    {
        try
        {
            return ClusterSource.Of(daemon, Environment.GetEnvironmentVariable);
        }
        catch (ApiConfigurationException e)
        {
            errors.Add($"{file}: {e.Message}");
            return null;
        }
    }

    private static Config LoadBuiltIn()
    {
        using var reader = new StreamReader(typeof(DaemonSettings).Assembly.GetManifestResourceStream(BuiltIn)!);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }

    /// <returns>Null if there is no file, or none that can be read.</returns>
    private static OperatorFile? LoadChanges(string? file, Config builtIn, List<string> errors)
    {
        if (file is null)
            return null;

        try
        {
            return OperatorFile.Load(
                file,
                new KnownKeys(builtIn, ConfigurationFactory.Default(), NetlinkSettings.Dispatcher),
                errors
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add($"{file}: cannot be read: {e.Message}");
            return null;
        }
    }
}
