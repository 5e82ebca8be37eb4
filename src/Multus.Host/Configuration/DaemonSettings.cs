using System.Collections.Immutable;
using Multus.Actors.Configuration;
using Multus.Actors.Node;
using Multus.Kubernetes.Api.Configuration;

namespace Multus.Host.Configuration;

/// <summary>Everything the daemon is configured with, read once at start.</summary>
/// <param name="Daemon">From <c>daemon-config.json</c>.</param>
/// <param name="Cluster">Where pods and networks come from.</param>
/// <param name="Node">From <c>akka.hocon</c>.</param>
/// <param name="Hocon">The same, for the actor system itself.</param>
/// <param name="MaxRequestBody">Bytes a request's body may have.</param>
public sealed record DaemonSettings(DaemonConfiguration Daemon, ClusterSource Cluster, NodeSettings Node, Config Hocon, int MaxRequestBody)
{
    private const string BuiltIn = "akka.hocon";

    /// <summary>The settings, or every error of both files together.</summary>
    internal sealed record Loaded(DaemonSettings? Settings, ImmutableArray<string> Errors);

    internal static Loaded Load(CommandLine.Run run)
    {
        var errors = new List<string>();
        var daemon = LoadDaemon(run.ConfigurationFile, errors);
        var cluster = daemon is null ? null : ChooseCluster(daemon, run.ConfigurationFile, errors);
        var hocon = LoadHocon(run.HoconFile, errors);
        DaemonSettings? settings = null;
        if (hocon is not null)
        {
            var reader = new HoconReader(hocon);
            var node = NodeSettings.Read(reader);
            var maxBody = reader.Bytes("multus.server.max-request-body", 4096, 64 << 20);
            errors.AddRange(reader.Errors.Select(error => $"{run.HoconFile ?? BuiltIn}: {error}"));
            settings = daemon is null || cluster is null ? null : new DaemonSettings(daemon, cluster, node, hocon, maxBody);
        }

        return new Loaded(errors.Count == 0 ? settings : null, [.. errors]);
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

    private static Config? LoadHocon(string? file, List<string> errors)
    {
        try
        {
            using var reader = new StreamReader(typeof(DaemonSettings).Assembly.GetManifestResourceStream(BuiltIn)!);
            var builtIn = ConfigurationFactory.ParseString(reader.ReadToEnd());
            return file is null ? builtIn : ConfigurationFactory.ParseString(File.ReadAllText(file)).WithFallback(builtIn);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or ConfigurationException)
        {
            errors.Add($"{file ?? BuiltIn} cannot be read: {e.Message}");
            return null;
        }
    }
}
