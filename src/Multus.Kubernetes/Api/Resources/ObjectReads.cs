using Multus.Core.Pods;
using Multus.Kubernetes.Api.Transport;

namespace Multus.Kubernetes.Api.Resources;

/// <summary>GET of one object.</summary>
internal static class ObjectReads
{
    /// <summary><c>null</c> when it does not exist; an impossible name is one that does not.</summary>
    /// <exception cref="KubernetesException">It could not be found out.</exception>
    public static async Task<TObject?> GetAsync<TKey, TObject>(
        this ApiTransport transport,
        ApiResource<TKey, TObject> resource,
        string ns,
        string name,
        CancellationToken cancel
    )
        where TKey : notnull
        where TObject : class
    {
        if (!KubernetesNames.IsLabel(ns) || !KubernetesNames.IsSubdomain(name))
            return null;
        var request = new ApiRequest("get", resource.Name, resource.ObjectPath(ns, name))
        {
            Namespace = ns,
            Name = name,
            Accept = resource.Accept,
        };
        try
        {
            return await transport.SendAsync(
                request,
                (body, stop) => SingleObject<TObject>.ReadAsync(body, resource.Decode, stop),
                cancel
            );
        }
        catch (KubernetesException e) when (e.IsNoSuchObject || (e.Status == 404 && resource.MayBeAbsent))
        {
            return null;
        }
    }
}
