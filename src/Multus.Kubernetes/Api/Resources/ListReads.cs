using Multus.Kubernetes.Api.Transport;

namespace Multus.Kubernetes.Api.Resources;

/// <summary>All objects of a kind, read once.</summary>
internal static class ListReads
{
    /// <summary>Page by page; none where the kind is not there and need not be.</summary>
    /// <exception cref="KubernetesException">It could not be found out.</exception>
    public static async Task<IReadOnlyList<TObject>> ListAsync<TKey, TObject>(
        this ApiTransport transport,
        ApiResource<TKey, TObject> resource,
        int pageSize,
        CancellationToken cancel
    )
        where TKey : notnull
        where TObject : class
    {
        var all = new List<TObject>();
        var next = "";
        try
        {
            do
            {
                var request = new ApiRequest("list", resource.Name, resource.ListPath($"limit={pageSize}{next}"))
                {
                    Accept = resource.ListAccept,
                };
                var page = await transport
                    .SendAsync(
                        request,
                        (body, stop) => ListPage<TObject>.ReadAsync(body, resource.Decode, stop),
                        cancel
                    )
                    .ConfigureAwait(false);
                all.AddRange(page.Items);
                next = page.Continue is { Length: > 0 } more ? $"&continue={Uri.EscapeDataString(more)}" : "";
            } while (next.Length > 0);
        }
        catch (KubernetesException e) when (e.Status == 404 && resource.MayBeAbsent)
        {
            return [];
        }

        return all;
    }
}
