using k8s;

namespace Multus.Kubernetes.Api.Transport;

/// <summary>
/// KubernetesClient's own client. An answer is handed out at its headers, a refusal as well: how long a body may take,
/// what of it is kept and whether it is asked for again is decided by who reads it.
/// </summary>
/// <remarks>
/// What the library does with an answer itself cannot be cancelled once the body hangs.
/// docs/decisions/0015-api-client.md.
/// </remarks>
internal sealed class KubeConnection(KubernetesClientConfiguration configuration) : k8s.Kubernetes(configuration)
{
    private readonly string? _serverName = configuration.TlsServerName;

    public Task<HttpResponseMessage> SendAsync(ApiRequest request, CancellationToken cancel)
    {
        var headers = new Dictionary<string, IReadOnlyList<string>> { ["Accept"] = [request.Accept] };
        // What is relative keeps a path in the server's address.
        return SendRequest(request.Path.TrimStart('/'), request.Method, headers, request.Body, cancel);
    }

    protected override async Task<HttpResponseMessage> SendRequestRaw(
        string requestContent,
        HttpRequestMessage httpRequest,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(httpRequest);
        if (Credentials is not null)
            await Credentials.ProcessHttpRequestAsync(httpRequest, cancellationToken).ConfigureAwait(false);
        if (_serverName is not null)
            // The handler takes the name for the handshake from here, and from nowhere else.
            httpRequest.Headers.Host = _serverName;
        return await HttpClient
            .SendAsync(httpRequest, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
            .ConfigureAwait(false);
    }
}
