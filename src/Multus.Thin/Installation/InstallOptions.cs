using System.Text.Json;
using Multus.Core.Generation;
using Multus.Engine.Installation;
using Multus.Kubernetes.Api.Configuration;

namespace Multus.Thin.Installation;

/// <summary>
/// The flags of <c>multus install</c>, and those of upstream's <c>thin_entrypoint</c> (wire-and-daemon.md §14), each
/// as <c>--flag value</c> or <c>--flag=value</c>.
/// </summary>
internal sealed class InstallOptions
{
    /// <summary>Value of <c>--multus-conf-file</c>: the runtime's configuration is generated.</summary>
    public const string Auto = "auto";

    private static readonly string[] Valued =
    [
        "bin-dir",
        "cni-conf-dir",
        "kubeconfig",
        "cluster-network",
        "service-account-dir",
        "cni-bin-dir",
        "cni-version",
        "multus-conf-file",
        "multus-bin-file",
        "multus-cni-conf-dir",
        "multus-kubeconfig-file-host",
        "multus-master-cni-file-name",
        "global-namespaces",
        "multus-autoconfig-dir",
        "multus-log-level",
        "multus-log-file",
        "readiness-indicator-file",
        "additional-bin-dir",
    ];

    private static readonly string[] Switches =
    [
        "once",
        "cleanup-config-on-exit",
        "namespace-isolation",
        "multus-log-to-stderr",
        "override-network-name",
        "skip-config-watch",
        "skip-multus-binary-copy",
        "skip-tls-verify",
        "rename-conf-file",
        "force-cni-version",
    ];

    private readonly Flags _flags;
    private readonly bool _isUpstreams;

    /// <param name="flags">As <see cref="Parse"/> has read them.</param>
    /// <param name="isUpstreams">Whether what is not given is upstream's: the node below /host.</param>
    public InstallOptions(Flags flags, bool isUpstreams) => (_flags, _isUpstreams) = (flags, isUpstreams);

    /// <summary>Where the runtime looks for its plugins.</summary>
    public string BinDir => _flags.Text(OnNode("/opt/cni/bin"), "bin-dir", "cni-bin-dir");

    /// <summary>Where the runtime looks for its configuration.</summary>
    public string CniConfDir => _flags.Text(OnNode("/etc/cni/net.d"), "cni-conf-dir");

    /// <summary>Where the kubeconfig is written.</summary>
    public string Kubeconfig =>
        _flags.Text(Path.Combine(CniConfDir, "multus.d", "multus.kubeconfig"), _isUpstreams ? "" : "kubeconfig");

    /// <summary>Where the plugin finds it on the node.</summary>
    public string KubeconfigOnNode =>
        _flags.Text(
            _isUpstreams ? "/etc/cni/net.d/multus.d/multus.kubeconfig" : Kubeconfig,
            "multus-kubeconfig-file-host"
        );

    /// <summary>A name of the cluster network for the plugin; empty: it is the one of a file in
    /// <see cref="NetworkDir"/>.</summary>
    public string ClusterNetwork => _flags.Text("", "cluster-network");

    /// <summary>Where the configuration of the cluster network is.</summary>
    public string NetworkDir => _flags.Text(CniConfDir, "multus-autoconfig-dir");

    /// <summary>The one file there that counts; empty: the first that can be used.</summary>
    public string MasterFile => _flags.Text("", "multus-master-cni-file-name");

    /// <summary><see cref="Auto"/>, or a ready-made configuration of the runtime.</summary>
    public string ConfFile => _flags.Text(Auto, "multus-conf-file");

    /// <summary>The plugin that is installed.</summary>
    public string Program =>
        _flags.Text(_isUpstreams ? "/usr/src/multus-cni/bin/multus" : Environment.ProcessPath!, "multus-bin-file");

    public bool CopiesProgram => !_flags.Has("skip-multus-binary-copy");

    public string ServiceAccountDir => _flags.Text(InCluster.DefaultFolder, "service-account-dir");

    /// <summary>Write the files and end.</summary>
    public bool IsOnce => _flags.Has("once");

    /// <summary>Whether a change of the cluster network's file is followed.</summary>
    public bool FollowsNetwork => !_flags.Has("skip-config-watch");

    /// <summary>Whether that file is renamed to <c>.old</c> once it is in the runtime's configuration.</summary>
    public bool RenamesNetwork => _flags.Has("rename-conf-file");

    /// <summary>Remove the configuration of the runtime at SIGTERM. Without it new pods wait for the next
    /// installer.</summary>
    public bool RemovesConfigurationOnExit => _flags.Has("cleanup-config-on-exit");

    public bool SkipsTlsVerify => _flags.Has("skip-tls-verify");

    public bool ForcesVersion => _flags.Has("force-cni-version");

    /// <summary>The configuration of the runtime that is generated.</summary>
    public string RuntimeConfiguration => Path.Combine(CniConfDir, RuntimeConfigTemplate.FileName);

    /// <summary>Whether the cluster network is written into it: the node may have its file elsewhere, or under another
    /// name soon.</summary>
    public bool EmbedsNetwork => _isUpstreams || RenamesNetwork;

    /// <summary>Reads the flags. As to upstream's, an empty value behind an equals sign is as none, and the case of a
    /// level does not count.</summary>
    public static Flags Parse(IReadOnlyList<string> arguments) =>
        Flags
            .Parse([.. arguments.Where(argument => !IsEmptyValue(argument))], Valued, Switches)
            .WithoutWords()
            .OneOf("multus-log-level", "panic", "error", "verbose", "debug");

    private static bool IsEmptyValue(string argument) =>
        argument is ['-', .., '='] && Valued.Contains(argument.TrimStart('-')[..^1]);

    /// <summary>The keys that the generated configuration has because of the flags.</summary>
    /// <param name="node">The node's name; empty: not known.</param>
    public JsonElement Keys(string node)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("cniVersion", _flags.Text("", "cni-version"));
            json.WriteString("globalNamespaces", _flags.Text("", "global-namespaces"));
            json.WriteString("logLevel", _flags.Text("", "multus-log-level"));
            json.WriteString("logFile", _flags.Text("", "multus-log-file"));
            json.WriteString("binDir", _flags.Text("", "additional-bin-dir"));
            json.WriteString("readinessindicatorfile", _flags.Text("", "readiness-indicator-file"));
            json.WriteString("kubeconfig", KubeconfigOnNode);
            json.WriteString("nodeName", node);
            json.WriteBoolean("namespaceIsolation", _flags.Has("namespace-isolation"));
            json.WriteBoolean("overrideNetworkName", _flags.Has("override-network-name"));
            if (_flags.IsOff("multus-log-to-stderr"))
                json.WriteBoolean("logToStderr", false);
            if (ClusterNetwork.Length > 0)
            {
                // Which plugins it has is not known: what they do not declare is not passed to them.
                json.WriteStartObject("capabilities");
                json.WriteBoolean("portMappings", true);
                json.WriteBoolean("bandwidth", true);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        using var document = JsonDocument.Parse(buffer.ToArray());
        return document.RootElement.Clone();
    }

    private string OnNode(string path) => _isUpstreams ? "/host" + path : path;
}
