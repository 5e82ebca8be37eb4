using System.Collections.Immutable;
using System.Text.Json;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Core.Devices;
using Multus.Core.Networks;
using Multus.Core.Planning;

namespace Multus.Core.Configuration;

/// <summary>
/// Multus' own settings for one request, the daemon's overlay applied and every default filled in (attach.md §2).
/// </summary>
public sealed record MultusConfiguration
{
    public const string DefaultBinDir = "/opt/cni/bin";
    public const string DefaultCniDir = "/var/lib/cni/multus";
    public const string DefaultRuntimeCacheDir = "/var/lib/cni/results";
    public const string DefaultMultusNamespace = "kube-system";

    /// <summary>The version in which the caller is answered; 0.1.0 when the configuration does not say.</summary>
    public required CniVersion Version { get; init; }

    public string Name { get; init; } = "";

    /// <summary>The first folder in which plugins are looked for.</summary>
    public string BinDir { get; init; } = DefaultBinDir;

    /// <summary>Holds the sandbox records and the result cache.</summary>
    public string CniDir { get; init; } = DefaultCniDir;

    /// <summary>
    /// Key <c>runtimeCacheDir</c>, ours: where the container runtime's own CNI library keeps what it attached.
    /// </summary>
    public string RuntimeCacheDir { get; init; } = DefaultRuntimeCacheDir;

    /// <summary>
    /// Holds configurations that are found by name: of a NAD without one, and of a clusterNetwork that is no NAD.
    /// </summary>
    public string ConfDir { get; init; } = Dialect.Multus.ConfDir;

    /// <summary>Key <c>deviceInfoDir</c>, ours: holds the folders of device-info files (attach.md §9.4).</summary>
    public string DeviceInfoDir { get; init; } = DeviceInfoLocation.DefaultFolder;

    /// <summary>Path or name of the cluster network, empty when <see cref="Delegates"/> has it.</summary>
    public string ClusterNetwork { get; init; } = "";

    /// <summary>
    /// The inline delegates, empty when <see cref="ClusterNetwork"/> is set, which wins. Otherwise at least one: number
    /// 0 is the cluster network, the others are further networks of every pod.
    /// </summary>
    public ImmutableArray<NetworkConfiguration> Delegates { get; init; } = [];

    /// <summary>
    /// Further networks of every pod outside <see cref="SystemNamespaces"/>, by path or name like
    /// <see cref="ClusterNetwork"/>; none without one, as upstream has it.
    /// </summary>
    public ImmutableArray<string> DefaultNetworks { get; init; } = [];

    /// <summary>
    /// Key <c>dialect</c>, ours: how pods name networks. When it is not set, <c>defaultDelegates</c> says that it is
    /// TKE's.
    /// </summary>
    public Dialect Dialect { get; init; } = Dialect.Multus;

    /// <summary>
    /// The networks of a pod that names none, in a dialect in which a pod's networks replace all others.
    /// </summary>
    public ImmutableArray<NetworkSelection> DefaultDelegates { get; init; } = [];

    public bool NamespaceIsolation { get; init; }

    /// <summary>Namespaces whose NADs everybody may use although <see cref="NamespaceIsolation"/> is on.</summary>
    public ImmutableArray<string> GlobalNamespaces { get; init; } = ["default"];

    /// <summary>
    /// Key <c>defaultNetworkNamespaces</c>, ours: namespaces that hold default networks, which every pod may name in
    /// the annotation for its default network although <see cref="NamespaceIsolation"/> is on.
    /// </summary>
    public ImmutableArray<string> DefaultNetworkNamespaces { get; init; } = [DefaultMultusNamespace];

    /// <summary>Namespaces whose pods do not get the <see cref="DefaultNetworks"/>.</summary>
    public ImmutableArray<string> SystemNamespaces { get; init; } = [DefaultMultusNamespace];

    /// <summary>Where the NADs are that the configuration names.</summary>
    public string MultusNamespace { get; init; } = DefaultMultusNamespace;

    /// <summary>
    /// The file whose presence says that the cluster network works: ADD and STATUS wait for it. Empty: nothing is
    /// waited for.
    /// </summary>
    public string ReadinessIndicatorFile { get; init; } = "";

    /// <summary>
    /// Key <c>allowNoAddress</c>, ours: this runtime takes a pod (what is no pod is always taken) whose cluster network
    /// gives its interface no address. containerd does not.
    /// </summary>
    public bool AllowNoAddress { get; init; }

    /// <summary>GC succeeds without doing anything.</summary>
    public bool DisableGc { get; init; }

    /// <summary>Key <c>attachMode</c>, ours: <c>auto</c> (default), <c>parallel</c> or <c>sequential</c>.</summary>
    public AttachMode AttachMode { get; init; }

    /// <summary>What the runtime offers to plugins that declare the capability, in the document's order.</summary>
    public ImmutableArray<KeyValuePair<string, JsonElement>> RuntimeConfig { get; init; } = [];

    /// <summary>Key <c>auxiliaryCNIChainName</c>: the chain that runs last for every pod; empty for none.</summary>
    public string AuxiliaryChainName { get; init; } = "";

    /// <param name="requestConfig">What the shim forwarded: the runtime's configuration for Multus.</param>
    /// <param name="daemonConfig">The daemon's own file, laid over the request's; may be empty.</param>
    /// <exception cref="CniException">
    /// Code 6: not JSON, or a version that is none. Code 7: a key with a value that cannot be, a delegate that is none,
    /// keys of two dialects, or neither clusterNetwork nor delegates in a dialect that needs one.
    /// </exception>
    public static MultusConfiguration Parse(ReadOnlyMemory<byte> requestConfig, ReadOnlyMemory<byte> daemonConfig) =>
        MultusConfigurationReader.Read(OverlaidObject.Parse(requestConfig, daemonConfig));

    /// <summary>
    /// For a DEL, which needs the record and the folders, and a network only where there is no record: of a
    /// configuration that <see cref="Parse"/> refuses, what is needed counts. A pod must be deletable whatever somebody
    /// has done to the configuration since.
    /// </summary>
    /// <exception cref="CniException">Code 6: not JSON. Code 7: a folder's key has a value that is no text.</exception>
    public static MultusConfiguration ParseForDelete(
        ReadOnlyMemory<byte> requestConfig,
        ReadOnlyMemory<byte> daemonConfig
    ) => ParseForDelete(OverlaidObject.Parse(requestConfig, daemonConfig));

    internal static MultusConfiguration ParseForDelete(OverlaidObject source)
    {
        return TryRead(MultusConfigurationReader.Read)
            ?? TryRead(MultusConfigurationReader.ReadSettings)
            ?? MultusConfigurationReader.ReadFolders(source);

        MultusConfiguration? TryRead(Func<OverlaidObject, MultusConfiguration> read)
        {
            try
            {
                return read(source);
            }
            catch (CniException)
            {
                return null;
            }
        }
    }

    /// <summary>
    /// The daemon's settings for a request that brings none of its own, and needs no network of the configuration's
    /// (wire-and-daemon.md §3.5).
    /// </summary>
    /// <exception cref="CniException">As <see cref="Parse"/>, but no network is missed.</exception>
    public static MultusConfiguration ParseSettings(ReadOnlyMemory<byte> daemonConfig) =>
        MultusConfigurationReader.ReadSettings(OverlaidObject.Parse("{}"u8.ToArray(), daemonConfig));

    /// <summary>
    /// All for which every request would be refused that this file of the daemon's is laid over; empty if nothing is.
    /// </summary>
    /// <param name="daemonConfig">A JSON object.</param>
    public static ImmutableArray<CniError> FaultsOf(ReadOnlyMemory<byte> daemonConfig) =>
        ConfigurationFaults.Of(daemonConfig);
}
