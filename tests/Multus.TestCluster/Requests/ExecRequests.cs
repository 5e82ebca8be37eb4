using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Multus.TestCluster.Objects;
using Multus.TestCluster.Statuses;

namespace Multus.TestCluster.Requests;

/// <summary>
/// <c>pods/exec</c> over a web socket, as a real server speaks it: what the test says that the container printed, in
/// several messages, then the status, then the close.
/// </summary>
internal static class ExecRequests
{
    private const string Newest = "v5.channel.k8s.io";

    /// <exception cref="ApiException">There is no such pod, or the request is none for a web socket.</exception>
    public static async Task ServeAsync(ApiRequest request, ApiTarget target, ObjectStore objects, ExecHandler handler)
    {
        var pod = objects.Get(target.Type, target.Namespace, target.Name);
        var sockets = request.Http.WebSockets;
        if (!sockets.IsWebSocketRequest || !sockets.WebSocketRequestedProtocols.Contains(Newest))
            throw new ApiException(ApiStatus.BadRequest("Upgrade request required"));
        var command = request.Http.Request.Query["command"].Select(word => word ?? "").ToList();
        var printed = await handler(pod, command);
        using var socket = await sockets.AcceptWebSocketAsync(Newest);
        var cancel = request.Http.RequestAborted;
        foreach (var channel in (byte[])[0, 1, 2, 3])
            await socket.SendAsync(new[] { channel }, WebSocketMessageType.Binary, true, cancel);
        foreach (var part in Encoding.UTF8.GetBytes(printed.Stdout).Chunk(1000))
            await socket.SendAsync((byte[])[1, .. part], WebSocketMessageType.Binary, true, cancel);
        await socket.SendAsync(
            (byte[])[2, .. Encoding.UTF8.GetBytes(printed.Stderr)],
            WebSocketMessageType.Binary,
            true,
            cancel
        );
        await socket.SendAsync((byte[])[3, .. StatusOf(printed)], WebSocketMessageType.Binary, true, cancel);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", cancel);
    }

    private static byte[] StatusOf(ExecPrinted printed) =>
        JsonSerializer.SerializeToUtf8Bytes<object>(
            printed.ExitCode == 0
                ? new { metadata = new { }, status = "Success" }
                : new
                {
                    metadata = new { },
                    status = "Failure",
                    message = $"command terminated with non-zero exit code: exit status {printed.ExitCode}",
                    reason = "NonZeroExitCode",
                    details = new { causes = new[] { new { reason = "ExitCode", message = $"{printed.ExitCode}" } } },
                }
        );
}
