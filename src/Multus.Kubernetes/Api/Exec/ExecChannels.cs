using System.Buffers;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Multus.Kubernetes.Api.Exec;

/// <summary>
/// The streams of a command that is executed in a container: each message begins with the number of its channel
/// (Kubernetes' subprotocol v4.channel.k8s.io; v5 adds the closing of a channel).
/// </summary>
internal static class ExecChannels
{
    public static readonly string[] Protocols = ["v5.channel.k8s.io", "v4.channel.k8s.io"];

    private const byte OutChannel = 1;
    private const byte ErrorChannel = 2;
    private const byte StatusChannel = 3;
    private const int MostBytes = 64 << 20;

    /// <summary>Reads until the command has ended.</summary>
    /// <exception cref="KubernetesException">The server says that it could not be started, or does not say how it
    /// ended.</exception>
    public static async Task<ExecResult> ReadAsync(WebSocket socket, string what, CancellationToken cancel)
    {
        var streams = new Streams();
        var message = new ArrayBufferWriter<byte>();
        while (true)
        {
            var read = await socket.ReceiveAsync(message.GetMemory(32 << 10), cancel).ConfigureAwait(false);
            if (read.MessageType == WebSocketMessageType.Close)
                break;
            message.Advance(read.Count);
            if (streams.Bytes + message.WrittenCount > MostBytes)
                throw new KubernetesException($"{what} printed more than {MostBytes >> 20} MiB", isTransient: false);
            if (!read.EndOfMessage)
                continue;
            streams.Add(message.WrittenSpan);
            message.Clear();
        }

        return new ExecResult(
            ExitCodeOf(streams.Status.WrittenMemory, what),
            Encoding.UTF8.GetString(streams.Stdout.WrittenSpan),
            Encoding.UTF8.GetString(streams.Stderr.WrittenSpan)
        );
    }

    // A Status object: Success, or a Failure whose cause of reason ExitCode has the code as its message.
    private static int ExitCodeOf(ReadOnlyMemory<byte> status, string what)
    {
        if (status.IsEmpty)
            throw new KubernetesException($"the server does not say how {what} ended", isTransient: true);
        using var json = JsonDocument.Parse(status);
        var root = json.RootElement;
        if (Text(root, "status") == "Success")
            return 0;
        if (root.TryGetProperty("details", out var details) && details.TryGetProperty("causes", out var causes))
        {
            foreach (var cause in causes.EnumerateArray())
            {
                if (
                    Text(cause, "reason") == "ExitCode"
                    && int.TryParse(Text(cause, "message"), CultureInfo.InvariantCulture, out var code)
                )
                    return code;
            }
        }

        throw new KubernetesException($"{what} could not be carried out: {Text(root, "message")}", isTransient: false);
    }

    private static string Text(JsonElement of, string member) =>
        of.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private sealed class Streams
    {
        public ArrayBufferWriter<byte> Stdout { get; } = new();

        public ArrayBufferWriter<byte> Stderr { get; } = new();

        public ArrayBufferWriter<byte> Status { get; } = new();

        /// <summary>Of all of them.</summary>
        public long Bytes => (long)Stdout.WrittenCount + Stderr.WrittenCount + Status.WrittenCount;

        /// <summary>A message without anything behind its channel only says that the channel is there.</summary>
        public void Add(ReadOnlySpan<byte> message)
        {
            if (message.IsEmpty)
                return;
            var stream = message[0] switch
            {
                OutChannel => Stdout,
                ErrorChannel => Stderr,
                StatusChannel => Status,
                _ => null,
            };
            stream?.Write(message[1..]);
        }
    }
}
