using Microsoft.Extensions.Logging;
using Multus.Core.Networks;
using Multus.Core.Pods;
using Multus.Kubernetes.Api.Claims;
using Multus.Kubernetes.Api.Configuration;
using Multus.Kubernetes.Api.Events;
using Multus.Kubernetes.Api.Pods;
using Multus.Kubernetes.Api.Resources;
using Multus.Kubernetes.Api.Transport;
using Multus.Kubernetes.Api.Watching;
using Multus.Kubernetes.Kubelet;

namespace Multus.Kubernetes.Api;

/// <summary>
/// The cluster behind an API server: the pods of one node, or of all, and all networks. What is kept of an object is
/// what decides anything here; of its annotations those in <see cref="Json.KeptAnnotations"/>.
/// </summary>
public sealed class ApiCluster : IClusterApi, IClusterEvents, IDisposable
{
    private readonly ApiAccess _access;
    private readonly ApiClusterSettings _settings;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _log;
    private readonly ApiTransport _transport;
    private readonly ApiResource<PodKey, Pod> _pods;
    private readonly StatusWriter _status;
    private readonly EventPoster _events;
    private volatile ClusterWatch? _watch; // the newest

    /// <param name="runner">Needed when the user's credential comes from a program.</param>
    /// <param name="environment">The value of a variable, <c>null</c> when it is not set: for the proxy
    /// settings.</param>
    /// <param name="random">Spreads retries and watches over time.</param>
    /// <exception cref="ApiConfigurationException">The access cannot be used as it is.</exception>
    public ApiCluster(
        ApiAccess access,
        ApiClusterSettings settings,
        IExecPluginRunner? runner,
        Func<string, string?> environment,
        TimeProvider time,
        Random random,
        ILogger<ApiCluster> log
    )
    {
        ArgumentNullException.ThrowIfNull(access);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(environment);
        if (settings.NodeName.Length > 0 && !KubernetesNames.IsSubdomain(settings.NodeName))
            throw new ApiConfigurationException(
                $"the node's name is '{settings.NodeName}', must be that of its Node object; set MULTUS_NODE_NAME "
                    + "from spec.nodeName"
            );
        _access = access;
        _settings = settings;
        _time = time;
        _random = random;
        _log = log;
        _transport = new ApiTransport(access, settings, runner, environment, time, log);
        _pods = ApiResources.PodsOf(settings.NodeName.Length > 0 ? settings.NodeName : null);
        _status = new StatusWriter(_transport, _pods, key => _watch?.Find(key), settings.PatchForbiddenFor, time, log);
        _events = new EventPoster(
            _transport,
            settings.NodeName.Length > 0 ? settings.NodeName : Environment.MachineName
        );
        ClaimedDevices = new ClaimDevices(_transport, settings.NodeName, log);
    }

    /// <summary>The devices that the ResourceClaims of this node's pods were given.</summary>
    public IDeviceSource ClaimedDevices { get; }

    public string Description => $"the API server {_transport.Server} ({_access.Source})";

    public Task WatchAsync(Action<ClusterChange> onChange, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(onChange);
        var watch = new ClusterWatch(onChange, _pods.AreSame, ApiResources.Networks.AreSame);
        _watch = watch;
        return TogetherUntilCancelled.RunAsync(
            stop => RunAsync(_pods, watch.Pods, stop),
            stop => RunAsync(ApiResources.Networks, watch.Networks, stop),
            cancel
        );
    }

    public Task<Pod?> GetPodAsync(PodKey key, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(key);
        return _transport.GetAsync(_pods, key.Namespace, key.Name, cancel);
    }

    public Task<NetworkAttachmentDefinition?> GetNetworkAsync(NetworkKey key, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(key);
        return _transport.GetAsync(ApiResources.Networks, key.Namespace, key.Name, cancel);
    }

    public Task WriteNetworkStatusAsync(
        PodKey pod,
        string? uid,
        string annotation,
        string statusJson,
        CancellationToken cancel
    )
    {
        ArgumentNullException.ThrowIfNull(pod);
        return _status.WriteAsync(pod, uid, new StatusValue(annotation, statusJson), cancel);
    }

    public Task PostAsync(ClusterEvent happened, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(happened);
        return _events.PostAsync(happened, cancel);
    }

    public void Dispose() => _transport.Dispose();

    private Task RunAsync<TKey, TObject>(
        ApiResource<TKey, TObject> resource,
        IWatchObserver<TKey, TObject> observer,
        CancellationToken cancel
    )
        where TKey : notnull
        where TObject : class
    {
        lock (_random) // a seeded one is for one thread at a time; each watch gets its own
            return new ListWatch<TKey, TObject>(
                _transport,
                resource,
                observer,
                _settings,
                _time,
                new Random(_random.Next()),
                _log
            ).RunAsync(cancel);
    }
}
