namespace Multus.TestSupport.Daemons;

/// <summary>Talks to the daemon's socket as any HTTP client could.</summary>
public sealed class DaemonClient(string socket) : IDisposable
{
    private readonly HttpClient _http = new(UnixSocketHandler.For(socket))
    {
        BaseAddress = new Uri("http://dummy"),
        Timeout = Wait.Patience,
    };

    public Task<HttpResponseMessage> Send(HttpMethod method, string path, HttpContent? body = null)
    {
        var request = new HttpRequestMessage(method, path) { Content = body };
        return _http.SendAsync(request);
    }

    /// <summary>Whether GET of the path is answered with 200; false also when nobody listens.</summary>
    public async Task<bool> IsFine(string path)
    {
        try
        {
            using var answer = await Send(HttpMethod.Get, path);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public void Dispose() => _http.Dispose();
}
