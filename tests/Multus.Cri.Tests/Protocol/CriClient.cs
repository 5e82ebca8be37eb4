using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using Google.Protobuf;
using Multus.TestSupport;

namespace Multus.Cri.Tests.Protocol;

/// <summary>The calls that kubelet makes for a sandbox. Independent of the product's own gRPC client.</summary>
internal sealed class CriClient : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private const int PrefixLength = 5; // a byte that says whether it is compressed, then the length, big endian

    private readonly HttpClient _http;

    public CriClient(string socket) => _http = new HttpClient(UnixSocketHandler.For(socket))
    {
        BaseAddress = new Uri("http://containerd"),
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = Patience,
    };

    public void Dispose() => _http.Dispose();

    public Task<VersionResponse> VersionAsync() => CallAsync("Version", new VersionRequest(), VersionResponse.Parser);

    /// <summary>With the network configuration that it has taken.</summary>
    public Task<StatusResponse> StatusAsync() => CallAsync("Status", new StatusRequest { Verbose = true }, StatusResponse.Parser);

    public async Task<string> RunPodSandboxAsync(PodSandboxConfig config) =>
        (await CallAsync("RunPodSandbox", new RunPodSandboxRequest { Config = config }, RunPodSandboxResponse.Parser)).PodSandboxId;

    /// <summary>With what the runtime says only when asked for all: the OCI specification among it.</summary>
    public Task<PodSandboxStatusResponse> PodSandboxStatusAsync(string id) =>
        CallAsync("PodSandboxStatus", new PodSandboxStatusRequest { PodSandboxId = id, Verbose = true }, PodSandboxStatusResponse.Parser);

    public Task StopPodSandboxAsync(string id) => CallAsync("StopPodSandbox", new StopPodSandboxRequest { PodSandboxId = id }, StopPodSandboxResponse.Parser);

    public Task RemovePodSandboxAsync(string id) => CallAsync("RemovePodSandbox", new RemovePodSandboxRequest { PodSandboxId = id }, RemovePodSandboxResponse.Parser);

    public async Task<IReadOnlyList<PodSandbox>> ListPodSandboxAsync() =>
        (await CallAsync("ListPodSandbox", new ListPodSandboxRequest(), ListPodSandboxResponse.Parser)).Items;

    /// <exception cref="CriException">Refused, or not answered.</exception>
    private async Task<TReply> CallAsync<TReply>(string method, IMessage request, MessageParser<TReply> parser)
        where TReply : IMessage<TReply>
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, $"/runtime.v1.RuntimeService/{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = Framed(request),
        };
        message.Headers.TE.Add(new("trailers"));
        try
        {
            using var response = await _http.SendAsync(message);
            var body = await response.Content.ReadAsByteArrayAsync();
            RequireOk(method, response);
            return parser.ParseFrom(body.AsSpan(PrefixLength).ToArray());
        }
        catch (HttpRequestException e)
        {
            throw new CriException(CriException.Unavailable, $"{method}: {e.Message}", e);
        }
    }

    private static ByteArrayContent Framed(IMessage request)
    {
        var frame = new byte[PrefixLength + request.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), frame.Length - PrefixLength);
        request.WriteTo(frame.AsSpan(PrefixLength));
        return new ByteArrayContent(frame) { Headers = { ContentType = new("application/grpc") } };
    }

    // A refusal has no body and no trailers: its headers are both.
    private static void RequireOk(string method, HttpResponseMessage response)
    {
        var trailers = response.TrailingHeaders.Contains("grpc-status") ? response.TrailingHeaders : response.Headers;
        var code = int.Parse(trailers.GetValues("grpc-status").Single(), CultureInfo.InvariantCulture);
        if (code == 0)
            return;
        var text = trailers.TryGetValues("grpc-message", out var messages) ? Uri.UnescapeDataString(messages.Single()) : "no message";
        throw new CriException(code, $"{method}: {text} (gRPC status {code})");
    }
}
