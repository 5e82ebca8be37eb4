using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Multus.Kubernetes.Tests.Api.Transport;

/// <summary>An HTTP proxy on a loopback port that knows CONNECT and remembers where to.</summary>
internal sealed class TunnelProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<string> _tunnels = new();
    private readonly ConcurrentBag<TcpClient> _open = [];
    private readonly Task _accepting;

    public TunnelProxy()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where names lead to; without it only addresses lead anywhere.</summary>
    public IPEndPoint? Behind { get; init; }

    /// <summary>By name, so that who connects has to try its addresses.</summary>
    public Uri Address => new($"http://localhost:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>host:port of each.</summary>
    public IReadOnlyCollection<string> Tunnels => _tunnels;

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var client in _open)
            client.Dispose();
        _accepting.Wait(TimeSpan.FromSeconds(10));
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
                serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync()));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        _open.Add(client);
        using var server = new TcpClient();
        _open.Add(server);
        try
        {
            var near = client.GetStream();
            var target = await ReadTargetAsync(near);
            _tunnels.Enqueue(target);
            await server.ConnectAsync(IPEndPoint.TryParse(target, out var address) ? address : Behind!);
            var far = server.GetStream();
            await near.WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray());
            await Task.WhenAny(near.CopyToAsync(far), far.CopyToAsync(near));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // either side has gone, which ends the tunnel
        }
        finally
        {
            client.Dispose();
        }
    }

    private static async Task<string> ReadTargetAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one) > 0)
            head.Append((char)one[0]);
        return head.ToString().Split(' ')[1];
    }
}
