using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Multus.Host.Server;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Multus.Wire;

namespace Multus.Host.Tests.Server;

[SuppressMessage("Design", "CA1001", Justification = "xunit disposes of it through IAsyncLifetime")]
public sealed class LastingSocketTests : IAsyncLifetime
{
    private readonly TempFolder _temp = new();
    private readonly CancellationTokenSource _late = new(Wait.Patience);
    private readonly BoundedTransport _transport = new(
        new ConnectionPlaces(8, ConnectionPlaces.Courtesy, TimeProvider.System),
        TimeProvider.System,
        NullLogger.Instance
    );
    private LastingSocket? _socket;

    private string Folder => _temp["run"];

    private string SocketPath => WirePaths.Socket(Folder);

    [Fact]
    public async Task The_socket_is_its_owner_s_only()
    {
        await ListenAsync();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(SocketPath));
        Assert.Equal([SocketPath], Directory.EnumerateFileSystemEntries(Folder));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_socket_that_somebody_deletes_is_made_again_and_accepts(bool withItsFolder)
    {
        var socket = await ListenAsync();
        var accepting = socket.AcceptAsync(_late.Token).AsTask();

        if (withItsFolder)
            Directory.Delete(Folder, recursive: true);
        else
            File.Delete(SocketPath);

        using var client = await ConnectAsync();
        await using var accepted = await accepting;
        Assert.NotNull(accepted);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(SocketPath));
    }

    [Fact]
    public async Task A_connection_that_was_accepted_before_goes_on()
    {
        var socket = await ListenAsync();
        using var client = await ConnectAsync();
        await using var accepted = (await socket.AcceptAsync(_late.Token))!;

        File.Delete(SocketPath);
        using var next = await ConnectAsync();
        await client.SendAsync("x"u8.ToArray(), _late.Token);

        var read = await accepted.Transport.Input.ReadAsync(_late.Token);
        Assert.Equal(1, read.Buffer.Length);
    }

    [Fact]
    public async Task After_the_stop_nothing_is_accepted_and_the_socket_is_gone()
    {
        var socket = await ListenAsync();

        await socket.UnbindAsync(_late.Token);

        Assert.Null(await socket.AcceptAsync(_late.Token));
        Assert.False(File.Exists(SocketPath));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_socket is not null)
            await _socket.DisposeAsync();
        _transport.Dispose();
        _late.Dispose();
        _temp.Dispose();
    }

    private async Task<LastingSocket> ListenAsync()
    {
        SocketFolder.Make(Folder);
        return _socket = await LastingSocket.BindAsync(
            _transport,
            SocketPath,
            TimeProvider.System,
            NullLogger.Instance,
            _late.Token
        );
    }

    private async Task<Socket> ConnectAsync()
    {
        while (true)
        {
            var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await client.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), _late.Token);
                return client;
            }
            catch (SocketException)
            {
                client.Dispose();
                await Task.Yield();
            }
        }
    }
}
