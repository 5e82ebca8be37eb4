using Grpc.Core;
using Grpc.Net.Client;
using Multus.TestSupport;

namespace Multus.Cri.Tests.Protocol;

/// <summary>
/// The calls that kubelet makes for a sandbox. Each may throw <see cref="RpcException"/>: the runtime's refusal, with
/// the plugin's words in it, or no answer.
/// </summary>
internal sealed class CriClient : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly GrpcChannel _channel;
    private readonly RuntimeService.RuntimeServiceClient _runtime;

    public CriClient(string socket)
    {
        _channel = GrpcChannel.ForAddress(
            "http://containerd",
            new GrpcChannelOptions
            {
                HttpHandler = UnixSocketHandler.For(socket),
                DisposeHttpClient = true,
                MaxReceiveMessageSize = null,
            }
        );
        _runtime = new RuntimeService.RuntimeServiceClient(_channel);
    }

    private static DateTime Deadline => (TimeProvider.System.GetUtcNow() + Patience).UtcDateTime;

    public void Dispose() => _channel.Dispose();

    public async Task<VersionResponse> VersionAsync() =>
        await _runtime.VersionAsync(new VersionRequest(), deadline: Deadline);

    /// <summary>With the network configuration that it has taken.</summary>
    public async Task<StatusResponse> StatusAsync() =>
        await _runtime.StatusAsync(new StatusRequest { Verbose = true }, deadline: Deadline);

    public async Task<string> RunPodSandboxAsync(PodSandboxConfig config) =>
        (
            await _runtime.RunPodSandboxAsync(new RunPodSandboxRequest { Config = config }, deadline: Deadline)
        ).PodSandboxId;

    /// <summary>With what the runtime says only when asked for all: the OCI specification among it.</summary>
    public async Task<PodSandboxStatusResponse> PodSandboxStatusAsync(string id) =>
        await _runtime.PodSandboxStatusAsync(
            new PodSandboxStatusRequest { PodSandboxId = id, Verbose = true },
            deadline: Deadline
        );

    public async Task StopPodSandboxAsync(string id) =>
        await _runtime.StopPodSandboxAsync(new StopPodSandboxRequest { PodSandboxId = id }, deadline: Deadline);

    public async Task RemovePodSandboxAsync(string id) =>
        await _runtime.RemovePodSandboxAsync(new RemovePodSandboxRequest { PodSandboxId = id }, deadline: Deadline);

    public async Task<IReadOnlyList<PodSandbox>> ListPodSandboxAsync() =>
        (await _runtime.ListPodSandboxAsync(new ListPodSandboxRequest(), deadline: Deadline)).Items;

    /// <summary>Creates a container in a sandbox, starts it, and returns its id.</summary>
    public async Task<string> RunContainerAsync(string sandbox, ContainerConfig config, PodSandboxConfig pod)
    {
        var created = await _runtime.CreateContainerAsync(
            new CreateContainerRequest
            {
                PodSandboxId = sandbox,
                Config = config,
                SandboxConfig = pod,
            },
            deadline: Deadline
        );
        await _runtime.StartContainerAsync(
            new StartContainerRequest { ContainerId = created.ContainerId },
            deadline: Deadline
        );
        return created.ContainerId;
    }

    public async Task<ContainerStatus> ContainerStatusAsync(string id) =>
        (
            await _runtime.ContainerStatusAsync(new ContainerStatusRequest { ContainerId = id }, deadline: Deadline)
        ).Status;

    /// <summary>SIGTERM, and SIGKILL to what still runs after so many seconds.</summary>
    public async Task StopContainerAsync(string id, int seconds) =>
        await _runtime.StopContainerAsync(
            new StopContainerRequest { ContainerId = id, Timeout = seconds },
            deadline: Deadline
        );

    /// <summary>A command in a container, as probes are: its exit status, and what it has said.</summary>
    public async Task<(int Status, string Said)> ExecAsync(string id, IEnumerable<string> command, int seconds)
    {
        var ran = await _runtime.ExecSyncAsync(
            new ExecSyncRequest
            {
                ContainerId = id,
                Cmd = { command },
                Timeout = seconds,
            },
            deadline: Deadline
        );
        return (ran.ExitCode, ran.Stdout.ToStringUtf8() + ran.Stderr.ToStringUtf8());
    }
}
