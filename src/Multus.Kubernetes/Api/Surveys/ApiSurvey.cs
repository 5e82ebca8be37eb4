using Microsoft.Extensions.Logging.Abstractions;
using Multus.Core.Networks;
using Multus.Core.Pods;
using Multus.Kubernetes.Api.Configuration;
using Multus.Kubernetes.Api.Resources;
using Multus.Kubernetes.Api.Transport;

namespace Multus.Kubernetes.Api.Surveys;

/// <summary>
/// Reads a cluster once, for somebody who asks and then goes: nothing is watched, and an answer is not waited for long.
/// </summary>
public sealed class ApiSurvey : IDisposable
{
    private readonly ApiClusterSettings _settings;
    private readonly ApiTransport _transport;
    private readonly string _source;

    /// <param name="runner">Needed when the user's credential comes from a program.</param>
    /// <param name="environment">The value of a variable, <c>null</c> when it is not set.</param>
    /// <exception cref="ApiConfigurationException">The access cannot be used as it is.</exception>
    public ApiSurvey(
        ApiAccess access,
        ApiClusterSettings settings,
        IExecPluginRunner? runner,
        Func<string, string?> environment,
        TimeProvider time
    )
    {
        ArgumentNullException.ThrowIfNull(access);
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        _transport = new ApiTransport(access, settings, runner, environment, time, NullLogger.Instance);
        _source = access.Source;
    }

    public string Description => $"the API server {_transport.Server} ({_source})";

    /// <summary>All networks of the cluster; none where there is no such kind of object.</summary>
    /// <exception cref="KubernetesException">It could not be found out.</exception>
    public Task<IReadOnlyList<NetworkAttachmentDefinition>> ListNetworksAsync(CancellationToken cancel) =>
        _transport.ListAsync(ApiResources.Networks, _settings.PageSize, cancel);

    /// <summary>The network; null when there is none of that name.</summary>
    /// <exception cref="KubernetesException">It could not be found out.</exception>
    public Task<NetworkAttachmentDefinition?> GetNetworkAsync(NetworkKey key, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(key);
        return _transport.GetAsync(ApiResources.Networks, key.Namespace, key.Name, cancel);
    }

    public void Dispose() => _transport.Dispose();
}
