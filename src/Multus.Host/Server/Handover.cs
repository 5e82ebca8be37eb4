using Multus.Kubernetes;
using Multus.Wire;

namespace Multus.Host.Server;

/// <summary>
/// Takes a node over from a daemon that still runs, as a rolling update with maxSurge has it. That one keeps its
/// connections, those that wait to be accepted included, and answers them; whoever connects from then on comes to the
/// new one, whose socket takes the place of the old one by rename. Nobody is refused in between.
/// </summary>
internal sealed class Handover : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly HttpClient? _client;
    private readonly HttpResponseMessage? _answer;

    private Handover(HttpClient? client, HttpResponseMessage? answer)
    {
        _client = client;
        _answer = answer;
        // Until it has begun, there is somebody at work.
        WhenIdle = answer is null ? Task.CompletedTask : new TaskCompletionSource().Task;
    }

    /// <summary>There is nobody to take it over from.</summary>
    public static Handover None { get; } = new(null, null);

    /// <summary>Whether there is somebody.</summary>
    public bool IsOn => _answer is not null;

    /// <summary>Ends when nothing is under way any more at the daemon before this one, or it has ended.</summary>
    public Task WhenIdle { get; private set; }

    /// <summary>The version of the daemon before this one.</summary>
    public string Version => _answer is null ? "" : DaemonIdentity.VersionOf(_answer) ?? "";

    /// <summary>Tells the daemon that listens there.</summary>
    /// <returns><see cref="None"/> when it is none of ours, or one that does not know how: it has to end
    /// first.</returns>
    public static async Task<Handover> AskAsync(string socket)
    {
        var client = new HttpClient(UnixSocketHandler.For(socket))
        {
            BaseAddress = new Uri("http://dummy"),
            Timeout = Patience,
        };
        HttpResponseMessage? answer = null;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, WirePaths.Handover);
            answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            if (answer.IsSuccessStatusCode && DaemonIdentity.VersionOf(answer) is not null)
                return new Handover(client, answer);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            // It has ended, or does not answer: it is waited for like any that does not know how.
        }

        answer?.Dispose();
        client.Dispose();
        return None;
    }

    /// <summary>From now on nobody connects to the other one: it is told when it is idle.</summary>
    public void Begin()
    {
        if (_answer is not null)
            WhenIdle = ReadToEndAsync(_answer);
    }

    public void Dispose()
    {
        _answer?.Dispose();
        _client?.Dispose();
    }

    // However it ends, nobody is at work there any more, or nobody says so: a daemon that was killed is idle.
    private static async Task ReadToEndAsync(HttpResponseMessage answer)
    {
        try
        {
            await answer.Content.LoadIntoBufferAsync();
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            // It was killed.
        }
    }
}
