using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Multus.TestSupport.Daemons;

namespace Multus.TestCluster.Tests.Clients;

/// <summary>A client of one server, with nothing of its own but trust in the server's authority as it is now.</summary>
internal sealed class ApiClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly X509Certificate2 _authority;

    public ApiClient(
        TestApiServer server,
        string? token = null,
        X509Certificate2? certificate = null,
        Version? version = null
    )
    {
        _authority = server.Identity.Authority.Certificate;
        var handler = new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.GZip };
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.Add(_authority);
        if (certificate is not null)
            handler.SslOptions.ClientCertificates = [certificate];
        _http = new HttpClient(handler)
        {
            BaseAddress = server.Address,
            DefaultRequestVersion = version ?? HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = Wait.Patience,
        };
        if (token is not null)
            _http.DefaultRequestHeaders.Authorization = new("Bearer", token);
    }

    public void Dispose()
    {
        _http.Dispose();
        _authority.Dispose();
    }

    public Task<Answer> GetAsync(string path, string? accept = null) => SendAsync(HttpMethod.Get, path, accept: accept);

    public Task<Answer> PostAsync(string path, string body, string type = "application/json") =>
        SendAsync(HttpMethod.Post, path, body, type);

    public Task<Answer> PutAsync(string path, string body) => SendAsync(HttpMethod.Put, path, body, "application/json");

    public Task<Answer> PatchAsync(string path, string body, string type = "application/merge-patch+json") =>
        SendAsync(HttpMethod.Patch, path, body, type);

    public Task<Answer> DeleteAsync(string path, string? body = null) =>
        SendAsync(HttpMethod.Delete, path, body, "application/json");

    public async Task<WatchClient> WatchAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path)
        {
            Version = _http.DefaultRequestVersion,
            VersionPolicy = _http.DefaultVersionPolicy,
        };
        return new WatchClient(await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead));
    }

    private async Task<Answer> SendAsync(
        HttpMethod method,
        string path,
        string? body = null,
        string? type = null,
        string? accept = null
    )
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Version = _http.DefaultRequestVersion,
            VersionPolicy = _http.DefaultVersionPolicy,
        };
        if (accept is not null)
            request.Headers.Add("Accept", accept);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, type!);
        using var response = await _http.SendAsync(request);
        return new Answer(
            (int)response.StatusCode,
            await response.Content.ReadAsStringAsync(),
            response.Headers.RetryAfter?.ToString()
        );
    }
}

internal sealed record Answer(int Code, string Body, string? RetryAfter)
{
    public JsonElement Json
    {
        get
        {
            using var document = JsonDocument.Parse(Body);
            return document.RootElement.Clone();
        }
    }

    public string? Text(params string[] path) => path.Aggregate(Json, (at, step) => at.GetProperty(step)).GetString();

    public string Revision => Text("metadata", "resourceVersion")!;

    public IEnumerable<string> Names =>
        Json.GetProperty("items")
            .EnumerateArray()
            .Select(item => item.GetProperty("metadata").GetProperty("name").GetString()!);
}

/// <summary>A watch, its events one by one.</summary>
internal sealed class WatchClient(HttpResponseMessage response) : IDisposable
{
    private StreamReader? _lines;

    public int Code => (int)response.StatusCode;

    public void Dispose()
    {
        _lines?.Dispose();
        response.Dispose();
    }

    /// <summary>Null when the server has ended the stream.</summary>
    public async Task<WatchEvent?> NextAsync()
    {
        _lines ??= new StreamReader(await response.Content.ReadAsStreamAsync());
        var line = await _lines.ReadLineAsync().WaitAsync(Wait.Patience);
        if (line is null)
            return null;
        using var document = JsonDocument.Parse(line);
        return new WatchEvent(
            document.RootElement.GetProperty("type").GetString()!,
            document.RootElement.GetProperty("object").Clone()
        );
    }

    /// <summary>The next events as "TYPE name".</summary>
    public async Task<IReadOnlyList<string>> TakeAsync(int count)
    {
        var events = new List<string>();
        while (events.Count < count && await NextAsync() is { } next)
            events.Add($"{next.Type} {next.Name}");
        return events;
    }
}

internal sealed record WatchEvent(string Type, JsonElement Object)
{
    public string? Name =>
        Object.GetProperty("metadata").TryGetProperty("name", out var name) ? name.GetString() : null;

    public string Revision => Object.GetProperty("metadata").GetProperty("resourceVersion").GetString()!;
}
