using System.Collections.Immutable;
using System.Text.Json;
using Multus.Cni;
using Multus.Core.Configuration;
using Multus.Engine.Installation;
using Multus.Kubernetes.Api.Configuration;
using Multus.Wire;

namespace Multus.Configuration;

/// <summary>
/// The daemon's own keys of <c>daemon-config.json</c> (wire-and-daemon.md §6). Keys match whatever their case; unknown
/// keys belong to the requests.
/// </summary>
/// <param name="Json">The whole file: it is laid over the configuration of every request.</param>
/// <param name="SocketDir">Folder of the socket.</param>
/// <param name="CniDir">Folder of records, results and stored DELs.</param>
/// <param name="ManifestDir">Folder of Kubernetes manifests that is the cluster, or empty.</param>
/// <param name="Kubeconfig">Path of the kubeconfig that leads to the API server, when there is no manifestDir; or
/// empty.</param>
/// <param name="ApiServer">Address of the API server instead of the service's, for a daemon that has a service account;
/// or empty.</param>
/// <param name="ServiceAccountDir">Where that service account's files are.</param>
/// <param name="StatusDir">Where the network-status of its pods is written.</param>
/// <param name="LogLevel">debug, verbose, error or panic; info, as the TKE dialect has it, is verbose.</param>
/// <param name="LogToStderr">Whether to log to stderr.</param>
/// <param name="LogFile">File to log to as well, or empty.</param>
/// <param name="LogRotation">When that file is rolled.</param>
public sealed record DaemonConfiguration(
    ReadOnlyMemory<byte> Json,
    string SocketDir,
    string CniDir,
    string ManifestDir,
    string Kubeconfig,
    string ApiServer,
    string ServiceAccountDir,
    string StatusDir,
    string LogLevel,
    bool LogToStderr,
    string LogFile,
    LogRotation LogRotation
)
{
    public const string DefaultStatusDir = "/run/multus-status";
    public const string DefaultRuntimeConfigDir = "/etc/cni/net.d";

    /// <summary>Where the kubelet's sockets and checkpoints are; empty when the file does not say.</summary>
    public string KubeletDir { get; init; } = "";

    /// <summary>Key <c>nodeEvents</c>: whether an event of the Node says that it cannot attach pods.</summary>
    public bool NodeEvents { get; init; } = true;

    /// <summary>Key <c>staleSandboxes</c>: whether sandboxes are looked for that have vanished without a DEL.</summary>
    public bool StaleSandboxes { get; init; } = true;

    /// <summary>
    /// Key <c>staleSandboxGraceSeconds</c>: for how long one has to be found so before it is detached.
    /// </summary>
    public TimeSpan StaleSandboxGrace { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Key <c>containerRuntimeSocket</c>: where the container runtime is asked which sandboxes there are; empty: where
    /// runtimes usually listen.
    /// </summary>
    public string ContainerRuntimeSocket { get; init; } = "";

    /// <summary>Keys of the file that change nothing, each with why or what may have been meant.</summary>
    public ImmutableArray<string> WithoutEffect { get; init; } = [];

    /// <summary>
    /// How the container runtime comes to call Multus; null: the daemon has nothing to do with that file.
    /// </summary>
    public RuntimeConfigSettings? RuntimeConfig { get; init; }

    /// <summary>A certificate of the node's own; null: there is none.</summary>
    public NodeCertificateKeys? NodeCertificate { get; init; }

    /// <summary>
    /// Key <c>chrootDir</c>: the root of the plugins, where the host is mounted; empty: they have the daemon's own.
    /// </summary>
    public string ChrootDir { get; init; } = "";

    /// <summary>Where figures are served over HTTP; null: on the socket only.</summary>
    public MetricsKeys? Metrics { get; init; }

    /// <summary>The live page; null: there is none.</summary>
    public UiKeys? Ui { get; init; }

    private static readonly string[] LogLevels = ["debug", "verbose", "info", "error", "panic"];

    /// <summary>
    /// Reads the file's text; every bad key adds a line to <paramref name="errors"/>, also those for which every
    /// request would be refused.
    /// </summary>
    public static DaemonConfiguration? Parse(ReadOnlyMemory<byte> json, List<string> errors)
    {
        if (json.Span.StartsWith("\uFEFF"u8))
            json = json[3..]; // editors of other systems put a byte order mark first
        try
        {
            var root = CniJson.Parse(json);
            if (root.ValueKind == JsonValueKind.Object)
                return Read(json, root, errors);
            errors.Add($"the configuration must be a JSON object; it is {root.ValueKind}");
        }
        catch (JsonException e)
        {
            errors.Add($"the configuration is not JSON: {JsonFault.Describe(json.Span, e)}");
        }

        return null;
    }

    private static DaemonConfiguration Read(ReadOnlyMemory<byte> json, JsonElement root, List<string> errors)
    {
        var configuration = Read(json, root, new KeyReader(root, errors));
        var faults = MultusConfiguration
            .FaultsOf(json)
            .Select(fault => fault.Text)
            .Where(fault => !errors.Exists(said => IsOfOneKey(said, fault)))
            .ToList();
        errors.AddRange(faults);
        return configuration with
        {
            WithoutEffect =
            [
                .. ConfigurationKeys.WithoutEffect(root),
                .. RuntimeConfigKeys.WithoutEffect(root, configuration.RuntimeConfig),
            ],
        };
    }

    // cniDir is the daemon's own and the requests'.
    private static bool IsOfOneKey(string said, string fault) =>
        fault.Contains($"'{said.Split(' ')[0]}'", StringComparison.Ordinal);

    private static DaemonConfiguration Read(ReadOnlyMemory<byte> json, JsonElement root, KeyReader keys)
    {
        var cniDir = keys.Text("cniDir", PendingDelete.DefaultCniDir);
        var configuration = new DaemonConfiguration(
            json,
            keys.Text("socketDir", WirePaths.DefaultSocketDir),
            cniDir,
            keys.Text("manifestDir", ""),
            keys.Text("kubeconfig", ""),
            keys.Text("apiServer", ""),
            keys.Text("serviceAccountDir", InCluster.DefaultFolder),
            keys.Text("statusDir", DefaultStatusDir),
            keys.Text("logLevel", "verbose").ToLowerInvariant(),
            keys.Flag("logToStderr", true),
            keys.Text("logFile", ""),
            LogRotation.Read(keys.Object("logOptions"))
        )
        {
            KubeletDir = keys.Text("kubeletDir", ""),
            NodeEvents = keys.Flag("nodeEvents", true),
            StaleSandboxes = keys.Flag("staleSandboxes", true),
            StaleSandboxGrace = TimeSpan.FromSeconds(keys.Number("staleSandboxGraceSeconds", 600)),
            ContainerRuntimeSocket = keys.Text("containerRuntimeSocket", ""),
            RuntimeConfig = RuntimeConfigKeys.Read(root, keys, cniDir),
            ChrootDir = keys.Text("chrootDir", ""),
            NodeCertificate = NodeCertificateKeys.Read(keys),
            Metrics = MetricsKeys.Read(keys),
        };
        configuration = configuration with { Ui = UiKeys.Read(keys, configuration.Metrics) };
        keys.Require(
            NodeCertificateKeys.Key,
            configuration.NodeCertificate is null || configuration.ManifestDir.Length == 0,
            "is for an API server, and manifestDir is set: remove one of the two"
        );
        keys.Require(
            "containerRuntimeSocket",
            configuration.ContainerRuntimeSocket is "" or ['/', ..],
            "must be an absolute path"
        );
        keys.Require("chrootDir", configuration.ChrootDir is "" or ['/', ..], "must be an absolute path");
        keys.Require(
            "logLevel",
            LogLevels.Contains(configuration.LogLevel),
            $"must be one of {string.Join(", ", LogLevels)}"
        );
        keys.Require(
            "apiServer",
            configuration.ApiServer.Length == 0 || IsServerAddress(configuration.ApiServer),
            "must be an address like https://10.0.0.1:6443"
        );
        keys.Require("kubeletDir", configuration.KubeletDir is "" or ['/', ..], "must be an absolute path");
        RequireFolders(keys, configuration);
        return configuration;
    }

    private static void RequireFolders(KeyReader keys, DaemonConfiguration configuration)
    {
        foreach (
            var (key, folder) in new[]
            {
                ("socketDir", configuration.SocketDir),
                ("cniDir", configuration.CniDir),
                ("statusDir", configuration.StatusDir),
                ("serviceAccountDir", configuration.ServiceAccountDir),
            }
        )
            keys.Require(key, folder.StartsWith('/'), "must be an absolute path");
    }

    // Nothing but https: a service account's token does not go over the wire in the clear.
    private static bool IsServerAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var server) && server.Scheme == Uri.UriSchemeHttps;
}

/// <summary>When the log file is rolled: upstream's <c>logOptions</c> and its defaults.</summary>
/// <param name="MaxAgeDays">Days that old files are kept.</param>
/// <param name="MaxSizeMegabytes">Size at which a new file is begun.</param>
/// <param name="MaxBackups">How many old files are kept.</param>
public sealed record LogRotation(int MaxAgeDays, int MaxSizeMegabytes, int MaxBackups)
{
    internal static LogRotation Read(KeyReader keys) =>
        new(keys.Number("maxAge", 5), keys.Number("maxSize", 100), keys.Number("maxBackups", 5));
}
