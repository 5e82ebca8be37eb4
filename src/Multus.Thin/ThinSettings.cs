using Multus.Cni;
using Multus.Cni.FrontEnd;
using Multus.Core.Json;
using Multus.Kubernetes.Api.Configuration;
using Multus.Thin.Logging;
using Multus.Wire;

namespace Multus.Thin;

/// <summary>
/// What the configuration on stdin says beside the networks. A daemon has the same keys in its own file, and the times
/// in akka.hocon.
/// </summary>
internal sealed record ThinSettings
{
    private const string Owner = "the CNI configuration on stdin";
    private const string DefaultStatusDir = "/run/multus-status";
    private const double MostSeconds = 86_400; // a day: more is a mistake

    /// <summary>Folder of records, results and stored DELs.</summary>
    public required string CniDir { get; init; }

    public required string Kubeconfig { get; init; }

    /// <summary>As the daemon's: for who runs a runtime inside a pod.</summary>
    public required string ApiServer { get; init; }

    public required string ServiceAccountDir { get; init; }

    /// <summary>Folder of manifests that is the cluster; empty: it is an API server.</summary>
    public required string ManifestDir { get; init; }

    public required string StatusDir { get; init; }

    public required string KubeletDir { get; init; }

    /// <summary>Key <c>nodeName</c>, else MULTUS_NODE_NAME; may be empty.</summary>
    public required string NodeName { get; init; }

    /// <summary>
    /// Whether all networks are in the configuration itself, which needs no cluster then, as upstream has it.
    /// </summary>
    public required bool IsSelfContained { get; init; }

    public required LogSettings Log { get; init; }

    /// <summary>Key <c>delegateTimeoutSeconds</c>: how long one plugin may run.</summary>
    public required TimeSpan DelegateTimeout { get; init; }

    /// <summary>Key <c>apiTimeoutSeconds</c>: how long one question to the cluster may take.</summary>
    public required TimeSpan ApiTimeout { get; init; }

    /// <summary>Key <c>mirrorWaitSeconds</c>: how long the mirror of a static pod is waited for.</summary>
    public required TimeSpan MirrorWait { get; init; }

    /// <summary>Whether there is an API server, or manifests, to be asked.</summary>
    public bool HasCluster =>
        ManifestDir.Length > 0
        || Kubeconfig.Length > 0
        || ApiServer.Length > 0
        || ClusterAccess.IsInCluster(Environment.GetEnvironmentVariable);

    /// <exception cref="CniException">Code 7: a key has a value that cannot be. Never for a DEL: a pod must be
    /// deletable whatever somebody has done to the configuration since.</exception>
    public static ThinSettings Read(RuntimeCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        var keys = new Keys(
            new JsonMembers(call.Config, Owner, CniErrorCode.InvalidNetworkConfig),
            isLenient: call.Command == CniCommand.Del
        );
        return new ThinSettings
        {
            CniDir = keys.Text("cniDir", PendingDelete.DefaultCniDir),
            Kubeconfig = keys.Text("kubeconfig", ""),
            ApiServer = keys.Text("apiServer", ""),
            ServiceAccountDir = keys.Text("serviceAccountDir", InCluster.DefaultFolder),
            ManifestDir = keys.Text("manifestDir", ""),
            StatusDir = keys.Text("statusDir", DefaultStatusDir),
            KubeletDir = keys.Text("kubeletDir", ""),
            NodeName = keys.Text("nodeName", Environment.GetEnvironmentVariable("MULTUS_NODE_NAME") ?? ""),
            IsSelfContained = keys.Text("clusterNetwork", "").Length == 0 && !keys.Has("defaultDelegates"),
            Log = new LogSettings(
                keys.Text("logFile", ""),
                keys.OneOf("logLevel", LogSettings.Levels, "verbose"),
                keys.Flag("logToStderr", true)
            ),
            DelegateTimeout = keys.Seconds("delegateTimeoutSeconds", 120),
            ApiTimeout = keys.Seconds("apiTimeoutSeconds", 10),
            MirrorWait = keys.Seconds("mirrorWaitSeconds", 2.5),
        };
    }

    // One bad key of a DEL's is as if it were not there.
    private readonly struct Keys(JsonMembers members, bool isLenient)
    {
        private readonly JsonMembers _members = members;
        private readonly bool _isLenient = isLenient;

        public bool Has(string key) => _members.Find(key) is not null;

        public string Text(string key, string missing) => Read(m => m.Text(key) ?? missing, missing);

        public bool Flag(string key, bool missing) => Read(m => m.Find(key) is null ? missing : m.Flag(key), missing);

        public string OneOf(string key, IReadOnlyCollection<string> allowed, string missing) =>
            Read(
                m =>
                    m.Text(key)?.ToLowerInvariant() is not { } found ? missing
                    : allowed.Contains(found) ? found
                    : throw m.Invalid($"'{key}' must be one of {string.Join(", ", allowed)}; found {found}"),
                missing
            );

        public TimeSpan Seconds(string key, double missing) =>
            TimeSpan.FromSeconds(
                Read(
                    m =>
                        m.Find(key) is not { } found ? missing
                        : found.ValueKind == System.Text.Json.JsonValueKind.Number
                        && found.TryGetDouble(out var seconds)
                        && seconds is >= 0 and <= MostSeconds
                            ? seconds
                        : throw m.WrongType(key, found, $"a number of seconds from 0 to {MostSeconds:0}"),
                    missing
                )
            );

        private T Read<T>(Func<JsonMembers, T> read, T missing)
        {
            try
            {
                return read(_members);
            }
            catch (CniException) when (_isLenient)
            {
                return missing;
            }
        }
    }
}
