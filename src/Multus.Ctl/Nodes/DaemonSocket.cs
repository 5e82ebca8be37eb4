using System.Collections.Immutable;
using System.Net.Sockets;
using System.Text;
using Multus.Cni;
using Multus.Kubernetes;
using Multus.Wire;

namespace Multus.Ctl.Nodes;

/// <summary>Asks the daemon of this node for CNI operations, as the shim does.</summary>
internal sealed class DaemonSocket(NodeConfiguration node)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5); // a GC may detach many

    private readonly string _socket = WirePaths.Socket(node.Daemon.SocketDir);

    public string Path => _socket;

    /// <returns>Null when it is done.</returns>
    /// <exception cref="HttpRequestException">Nobody answers.</exception>
    public async Task<CniError?> RunAsync(CniRequestBody body, CancellationToken cancel)
    {
        using var client = new HttpClient(UnixSocketHandler.For(_socket)) { Timeout = Patience };
        using var content = new ByteArrayContent(body.ToJson());
        try
        {
            using var answer = await client.PostAsync(new Uri($"http://dummy{WirePaths.Cni}"), content, cancel);
            if (answer.IsSuccessStatusCode)
                return null;
            var text = await answer.Content.ReadAsByteArrayAsync(cancel);
            return CniError.TryParse(text, out var error) && error.Message.Length > 0
                ? error
                : new CniError(CniErrorCode.Internal, Encoding.UTF8.GetString(text).Trim());
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new HttpRequestException($"no answer within {Patience.TotalMinutes:0} min", e);
        }
        catch (SocketException e)
        {
            throw new HttpRequestException(e.Message, e);
        }
    }

    /// <summary>The environment of a request.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Environment(CniCommand command) =>
        [new("CNI_COMMAND", command.ToWire()), new("CNI_PATH", string.Join(':', node.PluginPath))];
}
