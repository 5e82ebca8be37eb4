using System.Net;
using System.Net.WebSockets;
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

    /// <summary>Opens a web socket with the same credentials, over the same handler.</summary>
    /// <exception cref="WebSocketException">The server did not.</exception>
    public async Task<WebSocket> ConnectAsync(ApiRequest request, string[] protocols, CancellationToken cancel)
    {
        var place = new Uri(BaseUri, request.Path.TrimStart('/'));
        using var like = new HttpRequestMessage(HttpMethod.Get, place);
        if (Credentials is not null)
            await Credentials.ProcessHttpRequestAsync(like, cancel).ConfigureAwait(false);
        var socket = new ClientWebSocket();
        try
        {
            if (like.Headers.Authorization is { } authorization)
                socket.Options.SetRequestHeader("Authorization", authorization.ToString());
            if (_serverName is not null)
                socket.Options.SetRequestHeader("Host", _serverName);
            foreach (var protocol in protocols)
                socket.Options.AddSubProtocol(protocol);
            socket.Options.CollectHttpResponseDetails = true;
            var scheme = place.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs;
            var address = new UriBuilder(place) { Scheme = scheme }.Uri;
            await socket.ConnectAsync(address, HttpClient, cancel).ConfigureAwait(false);
            return socket;
        }
        catch (WebSocketException e) when (socket.HttpStatusCode >= HttpStatusCode.BadRequest)
        {
            var status = (int)socket.HttpStatusCode;
            socket.Dispose();
            throw new KubernetesException($"{request} was refused with status {status}: {e.Message}", false, e)
            {
                Status = status,
            };
        }
        catch
        {
            socket.Dispose();
            throw;
        }
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
