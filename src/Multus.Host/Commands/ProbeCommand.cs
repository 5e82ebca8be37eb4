using System.Net.Sockets;
using Multus.Kubernetes;
using Multus.Wire;

namespace Multus.Host.Commands;

/// <summary>
/// <c>multus-daemon health</c> and <c>ready</c>: the probes of the daemon's container, without a shell or curl. The
/// answer is on stdout, the exit status says whether it is well.
/// </summary>
internal sealed class ProbeCommand(string configurationFile, string path, TextWriter output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    public async Task<int> RunAsync()
    {
        var errors = new List<string>();
        if (DaemonSettings.LoadDaemon(configurationFile, errors) is not { } daemon)
        {
            await output.WriteLineAsync(string.Join('\n', errors));
            return ExitCode.Configuration;
        }

        var socket = WirePaths.Socket(daemon.SocketDir);
        using var client = new HttpClient(UnixSocketHandler.For(socket)) { Timeout = Patience };
        try
        {
            using var answer = await client.GetAsync(new Uri($"http://dummy{path}"));
            await output.WriteLineAsync(await answer.Content.ReadAsStringAsync());
            return answer.IsSuccessStatusCode ? ExitCode.Success : ExitCode.Unwell;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or SocketException)
        {
            await output.WriteLineAsync($"multus-daemon: nobody answers on {socket}: {e.Message}");
            return ExitCode.Unwell;
        }
    }
}
