using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Multus.TestCluster.Runtimes.Wire;

namespace Multus.TestCluster.Runtimes;

/// <summary>A container runtime's CRI service on a unix socket: a real gRPC server that lists what the test says.</summary>
public sealed class FakeRuntime : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeRuntime(WebApplicationBuilder builder)
    {
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(new Service(this));
        _app = builder.Build();
        _app.MapGrpcService<Service>();
    }

    /// <summary>The container IDs of its sandboxes.</summary>
    public IReadOnlyList<string> Sandboxes { get; set; } = [];

    public static async Task<FakeRuntime> StartAsync(string socket)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(socket)!);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(options =>
                options.ListenUnixSocket(socket, listen => listen.Protocols = HttpProtocols.Http2)
            );
        var runtime = new FakeRuntime(builder);
        await runtime._app.StartAsync();
        return runtime;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private sealed class Service(FakeRuntime runtime) : RuntimeService.RuntimeServiceBase
    {
        public override Task<ListPodSandboxResponse> ListPodSandbox(
            ListPodSandboxRequest request,
            ServerCallContext context
        ) =>
            Task.FromResult(
                new ListPodSandboxResponse { Items = { runtime.Sandboxes.Select(id => new PodSandbox { Id = id }) } }
            );
    }
}
