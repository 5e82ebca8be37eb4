using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Google.Protobuf;

namespace Multus.Kubernetes.Kubelet;

/// <summary>
/// Unary gRPC over a unix socket: HTTP/2 without TLS, one connection that all calls share and that is made anew when it breaks. Of the protocol
/// only what a unary call needs; the HTTP/2 is the framework's.
/// </summary>
public sealed class UnixGrpcClient : IDisposable
{
    private const int PrefixLength = 5; // one byte "compressed", four bytes of length, big endian
    private const string ContentType = "application/grpc";

    private readonly HttpClient _http;
    private readonly string _socket;
    private readonly int _maxMessage;

    /// <param name="maxMessage">Longest answer that is taken, in bytes.</param>
    public UnixGrpcClient(string socket, int maxMessage)
    {
        _socket = socket;
        _maxMessage = maxMessage;
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = (_, cancel) => ConnectAsync(socket, cancel),
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
        })
        {
            BaseAddress = new Uri("http://localhost"),
            Timeout = Timeout.InfiniteTimeSpan, // each call has the caller's
        };
    }

    /// <param name="method">"/package.Service/Method".</param>
    /// <exception cref="GrpcException">The server's refusal, or no answer from it.</exception>
    public async Task<TResponse> CallAsync<TResponse>(string method, IMessage request, MessageParser<TResponse> parser, CancellationToken cancel)
        where TResponse : IMessage<TResponse>
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, method)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = Framed(request),
        };
        message.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        try
        {
            using var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.OK)
                throw new GrpcException(GrpcStatus.Unknown, $"{method} at {_socket} was answered with HTTP status {(int)response.StatusCode}");

            var body = await ReadAsync(response, method, cancel).ConfigureAwait(false);
            RequireOk(response, method);
            return parser.ParseFrom(body);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException) // a connection reset while it is made comes bare
        {
            throw new GrpcException(GrpcStatus.Unavailable, $"{method} at {_socket}: {Innermost(e).Message}", e);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new GrpcException(GrpcStatus.Unknown, $"{method} at {_socket}: the answer cannot be read: {e.Message}", e);
        }
    }

    public void Dispose() => _http.Dispose();

    private static ByteArrayContent Framed(IMessage request)
    {
        var body = new byte[PrefixLength + request.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(1), body.Length - PrefixLength);
        request.WriteTo(body.AsSpan(PrefixLength));
        return new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(ContentType) } };
    }

    // A call that fails may have no body at all; then its status, in the headers or the trailers, says why.
    private async Task<byte[]> ReadAsync(HttpResponseMessage response, string method, CancellationToken cancel)
    {
        using var stream = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        var prefix = new byte[PrefixLength];
        var read = await stream.ReadAtLeastAsync(prefix, PrefixLength, throwOnEndOfStream: false, cancel).ConfigureAwait(false);
        if (read == 0)
            return [];
        if (read < PrefixLength || prefix[0] != 0)
            throw new GrpcException(GrpcStatus.Unknown, $"{method} at {_socket}: the answer is cut off, or compressed, which was not asked for");

        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix.AsSpan(1));
        if (length > _maxMessage)
            throw new GrpcException(GrpcStatus.ResourceExhausted, $"{method} at {_socket}: the answer has {length} bytes; at most {_maxMessage} are taken");

        var body = new byte[length];
        await stream.ReadExactlyAsync(body, cancel).ConfigureAwait(false);
        while (await stream.ReadAsync(prefix, cancel).ConfigureAwait(false) > 0)
        {
            // nothing follows the one message of a unary call; the trailers come only after the end was read
        }

        return body;
    }

    private void RequireOk(HttpResponseMessage response, string method)
    {
        var text = Header(response, "grpc-status");
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status))
            throw new GrpcException(GrpcStatus.Unknown, $"{method} at {_socket}: the answer has no grpc-status");
        if (status != 0)
            throw new GrpcException((GrpcStatus)status, $"{method} at {_socket}: {Uri.UnescapeDataString(Header(response, "grpc-message") ?? "")} (gRPC status {status})");
    }

    private static string? Header(HttpResponseMessage response, string name)
    {
        if (response.TrailingHeaders.TryGetValues(name, out var trailing))
            return trailing.First();
        return response.Headers.TryGetValues(name, out var leading) ? leading.First() : null;
    }

    private static Exception Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e;

    private static async ValueTask<Stream> ConnectAsync(string socket, CancellationToken cancel)
    {
        var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancel).ConfigureAwait(false);
            return new NetworkStream(connection, ownsSocket: true);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
