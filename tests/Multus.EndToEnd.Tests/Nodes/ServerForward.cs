using System.ComponentModel;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Multus.EndToEnd.Tests.Nodes;

/// <summary>
/// Makes a server on the test's loopback reachable in a node's namespace, at the same address and port: a socket belongs to the namespace in which
/// it was made, whoever uses it. Nothing leaves the two loopbacks.
/// </summary>
internal sealed class ServerForward : IAsyncDisposable
{
    private const int CloneNewNet = 0x40000000;

    private readonly IPEndPoint _server;
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;

    public ServerForward(string netNs, string host, int port)
    {
        _server = new IPEndPoint(IPAddress.Parse(host), port);
        _listener = ListenIn(netNs, _server);
        _accepting = AcceptAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stopping.Dispose();
    }

    private static Socket ListenIn(string netNs, IPEndPoint address)
    {
        Socket? listener = null;
        Exception? failure = null;
        var thread = new Thread(() => // its own, because entering a namespace changes the thread; it ends with that
        {
            try
            {
                Enter(netNs);
                listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                listener.Bind(address);
                listener.Listen();
            }
            catch (Exception e) when (e is Win32Exception or SocketException or IOException)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? listener! : throw new InvalidOperationException($"cannot listen on {address} in {netNs}: {failure.Message}", failure);
    }

    private static void Enter(string netNs)
    {
        using var handle = File.OpenHandle(netNs);
        if (SetNamespace(handle, CloneNewNet) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), string.Create(CultureInfo.InvariantCulture, $"setns to {netNs}"));
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(ServeAsync(await _listener.AcceptAsync(_stopping.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(Socket inner)
    {
        using var outer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        using (inner)
        {
            try
            {
                await outer.ConnectAsync(_server, either.Token);
                await await Task.WhenAny(CopyAsync(inner, outer, either.Token), CopyAsync(outer, inner, either.Token));
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                inner.LingerState = new LingerOption(true, 0); // what broke on one side breaks on the other
                outer.LingerState = new LingerOption(true, 0);
            }

            await either.CancelAsync();
        }
    }

    private static async Task CopyAsync(Socket from, Socket to, CancellationToken cancel)
    {
        var buffer = new byte[16 * 1024];
        while (await from.ReceiveAsync(buffer.AsMemory(), cancel) is > 0 and var count)
        {
            for (var sent = 0; sent < count;)
                sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), cancel);
        }
    }

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetNamespace(SafeFileHandle file, int type);
}
