using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Multus.Cni;
using Multus.Configuration;
using Multus.Kubernetes;
using Multus.Wire;

namespace Multus.Ctl.Daemons;

/// <summary>Asks the daemon of this node, over its socket.</summary>
internal sealed class DaemonClient(DaemonConfiguration daemon)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan OperationPatience = TimeSpan.FromMinutes(5); // a GC may detach many

    public string Socket { get; } = WirePaths.Socket(daemon.SocketDir);

    /// <summary>Asks for a CNI operation, as the shim does.</summary>
    /// <returns>Null when it is done.</returns>
    /// <exception cref="HttpRequestException">Nobody answers.</exception>
    public async Task<CniError?> RunAsync(CniRequestBody body, CancellationToken cancel)
    {
        using var client = new HttpClient(UnixSocketHandler.For(Socket)) { Timeout = OperationPatience };
        using var content = new ByteArrayContent(body.ToJson());
        try
        {
            using var reply = await client.PostAsync(new Uri($"http://daemon{WirePaths.Cni}"), content, cancel);
            if (reply.IsSuccessStatusCode)
                return null;
            var text = await reply.Content.ReadAsByteArrayAsync(cancel);
            return CniError.TryParse(text, out var error) && error.Message.Length > 0
                ? error
                : new CniError(CniErrorCode.Internal, Encoding.UTF8.GetString(text).Trim());
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new HttpRequestException($"no answer within {OperationPatience.TotalMinutes:0} min", e);
        }
        catch (SocketException e)
        {
            throw new HttpRequestException(e.Message, e);
        }
    }

    /// <summary>The text of a path of its, or why there is none.</summary>
    public async Task<string> TextAsync(string path, CancellationToken cancel)
    {
        using var client = new HttpClient(UnixSocketHandler.For(Socket)) { Timeout = Patience };
        try
        {
            using var reply = await client.GetAsync(new Uri($"http://daemon{path}"), cancel);
            return reply.IsSuccessStatusCode
                ? await reply.Content.ReadAsStringAsync(cancel)
                : $"the daemon answers {(int)reply.StatusCode} to {path}";
        }
        catch (Exception e)
            when (e is HttpRequestException or SocketException or IOException
                || (e is OperationCanceledException && !cancel.IsCancellationRequested)
            )
        {
            return $"no daemon answers on {Socket}: {e.Message}";
        }
    }

    /// <summary>What it says of itself, or why it does not.</summary>
    public async Task<DaemonAnswer> HealthAsync(CancellationToken cancel)
    {
        using var client = new HttpClient(UnixSocketHandler.For(Socket)) { Timeout = Patience };
        try
        {
            using var reply = await client.GetAsync(new Uri($"http://daemon{WirePaths.Ready}"), cancel);
            await using var body = await reply.Content.ReadAsStreamAsync(cancel);
            using var json = await JsonDocument.ParseAsync(body, cancellationToken: cancel);
            return new DaemonAnswer(json.RootElement.Clone(), "");
        }
        catch (Exception e)
            when (e is HttpRequestException or SocketException or JsonException or IOException
                || (e is OperationCanceledException && !cancel.IsCancellationRequested)
            )
        {
            return new DaemonAnswer(null, $"no daemon answers on {Socket}: {e.Message}");
        }
    }
}
