using System.Net.Sockets;
using System.Text;
using Multus.Wire;

namespace Multus.Shim.Tests.Support;

/// <summary>
/// A listener on the daemon's socket that answers the n-th connection with the n-th entry of its script, byte for byte.
/// </summary>
public sealed class ScriptedDaemon : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _isGone = new();
    private readonly List<string> _requests = [];
    private readonly string _path;
    private readonly Task _serving;

    private ScriptedDaemon(string path, Step[] script)
    {
        _path = path;
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(16);
        _serving = ServeAsync(script);
    }

    private delegate Task Step(Socket connection, CancellationToken stopping);

    /// <summary>Every request so far, head and body.</summary>
    public IReadOnlyList<string> Requests => _requests;

    public CniRequestBody Body(int index) =>
        CniRequestBody.Parse(
            Encoding.UTF8.GetBytes(
                _requests[index][(_requests[index].IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]
            )
        );

    /// <summary>Answers each connection with the next text; null hangs up without an answer.</summary>
    public static ScriptedDaemon Start(string socketDir, params string?[] answers) =>
        new(Socket(socketDir), [.. answers.Select(AnswerWith)]);

    /// <summary>Takes one request and never answers it.</summary>
    public static ScriptedDaemon StartSilent(string socketDir) =>
        new(
            Socket(socketDir),
            [static (_, stopping) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping)]
        );

    /// <summary>
    /// Takes one request, stops listening, and only then hangs up: the caller finds nobody from then on, and, as after
    /// SIGKILL, perhaps the socket's file.
    /// </summary>
    public static ScriptedDaemon StartDying(string socketDir, bool leavingItsSocket = false)
    {
        ScriptedDaemon? self = null;
        var born = new TaskCompletionSource();
        self = new(
            Socket(socketDir),
            [
                async (_, _) =>
                {
                    await born.Task;
                    self!.StopListening(leavingItsSocket);
                    self._isGone.SetResult();
                },
            ]
        );
        born.SetResult();
        return self;
    }

    /// <summary>Completes when a dying daemon has died.</summary>
    public Task IsGone => _isGone.Task;

    public static string Json(int status, string body) =>
        $"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}";

    /// <summary>A socket file with nobody behind it, as SIGKILL leaves it.</summary>
    public static void LeaveStaleSocket(string socketDir)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Socket(socketDir) + "x"));
        File.Move(Socket(socketDir) + "x", Socket(socketDir)); // closing unlinks the name that was bound, not this one
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _serving;
        _stopping.Dispose();
    }

    private static string Socket(string socketDir) => WirePaths.Socket(socketDir);

    private static Step AnswerWith(string? answer) =>
        async (connection, stopping) =>
        {
            if (answer is not null)
                await connection.SendAsync(Encoding.UTF8.GetBytes(answer), stopping);
        };

    // Closing unlinks the name that was bound, so a file that is to stay has another name meanwhile.
    private void StopListening(bool leavingTheSocket)
    {
        if (leavingTheSocket)
            File.Move(_path, _path + "x");
        _listener.Dispose();
        if (leavingTheSocket)
            File.Move(_path + "x", _path);
    }

    private async Task ServeAsync(Step[] script)
    {
        try
        {
            foreach (var step in script)
            {
                using var connection = await _listener.AcceptAsync(_stopping.Token);
                _requests.Add(await ReadRequestAsync(connection));
                await step(connection, _stopping.Token);
            }
        }
        catch (Exception stopped)
            when (_stopping.IsCancellationRequested
                && stopped is OperationCanceledException or SocketException or ObjectDisposedException
            )
        {
            // the test is over
        }
    }

    private async Task<string> ReadRequestAsync(Socket connection)
    {
        var text = new StringBuilder();
        var buffer = new byte[64 * 1024];
        while (!IsWhole(text.ToString()))
        {
            var read = await connection.ReceiveAsync(buffer, _stopping.Token);
            if (read == 0)
                throw new InvalidDataException($"the shim sent only: {text}");
            text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }

        return text.ToString();
    }

    private static bool IsWhole(string request)
    {
        var head = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (head < 0)
            return false;

        const string name = "Content-Length: ";
        var at = request.IndexOf(name, StringComparison.Ordinal) + name.Length;
        var length = int.Parse(
            request[at..request.IndexOf('\r', at)],
            System.Globalization.CultureInfo.InvariantCulture
        );
        return Encoding.UTF8.GetByteCount(request[(head + 4)..]) >= length;
    }
}
