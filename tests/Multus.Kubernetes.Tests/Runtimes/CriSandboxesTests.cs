using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Multus.Kubernetes.Runtimes;
using Multus.Kubernetes.Runtimes.Wire;
using Multus.TestSupport;

namespace Multus.Kubernetes.Tests.Runtimes;

[SuppressMessage("Design", "CA1001", Justification = "xunit disposes of it through IAsyncLifetime")]
public sealed class CriSandboxesTests : IAsyncLifetime
{
    private readonly TempFolder _temp = new();
    private readonly List<WebApplication> _runtimes = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var runtime in _runtimes)
        {
            await runtime.StopAsync();
            await runtime.DisposeAsync();
        }

        _temp.Dispose();
    }

    [Fact]
    public async Task The_sandboxes_of_every_runtime_that_is_there_are_listed()
    {
        var one = await RuntimeAsync("one", 0, "a", "b");
        var other = await RuntimeAsync("other", 0, "c");

        Assert.Equal(["a", "b", "c"], (await ListAsync(one, _temp["nowhere"], other))!.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_runtime_without_sandboxes_is_one_that_lists_none() =>
        Assert.Empty((await ListAsync(await RuntimeAsync("one", 0)))!);

    [Fact]
    public async Task Where_no_socket_is_nobody_can_be_asked() => Assert.Null(await ListAsync(_temp["nowhere"]));

    [Fact]
    public async Task A_socket_behind_which_the_CRI_is_not_known_is_no_runtime_of_pods() =>
        Assert.Null(await ListAsync(await RuntimeAsync("one", 12)));

    [Fact]
    public async Task A_runtime_that_refuses_is_an_error_that_names_its_socket()
    {
        var socket = await RuntimeAsync("one", 14);

        var error = await Assert.ThrowsAsync<KubernetesException>(() => ListAsync(socket));

        Assert.StartsWith(
            $"the container runtime at {socket} does not say which sandboxes there are: ",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.True(error.IsTransient);
    }

    [Fact]
    public async Task A_socket_at_which_nobody_listens_is_an_error_and_not_an_empty_list()
    {
        var socket = await RuntimeAsync("one", 0);
        File.Move(socket, _temp["moved"]);
        await _runtimes[0].StopAsync();

        await Assert.ThrowsAsync<KubernetesException>(() => ListAsync(_temp["moved"]));
    }

    private static Task<IReadOnlySet<string>?> ListAsync(params string[] sockets) =>
        new CriSandboxes([.. sockets], TimeProvider.System).ListAsync(CancellationToken.None);

    private async Task<string> RuntimeAsync(string name, int status, params string[] ids)
    {
        var socket = _temp[name];
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(options =>
                options.ListenUnixSocket(socket, listen => listen.Protocols = HttpProtocols.Http2)
            );
        var app = builder.Build();
        app.Run(context => AnswerAsync(context, status, ids));
        await app.StartAsync();
        _runtimes.Add(app);
        return socket;
    }

    private static async Task AnswerAsync(HttpContext context, int status, string[] ids)
    {
        Assert.Equal("/runtime.v1.RuntimeService/ListPodSandbox", context.Request.Path.Value);
        context.Response.ContentType = "application/grpc";
        if (status != 0)
        {
            context.Response.Headers["grpc-status"] = status.ToString(CultureInfo.InvariantCulture);
            context.Response.Headers["grpc-message"] = "no";
            return;
        }

        var message = new ListPodSandboxResponse { Items = { ids.Select(id => new PodSandbox { Id = id }) } };
        var frame = new byte[5 + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), frame.Length - 5);
        message.WriteTo(frame.AsSpan(5));
        context.Response.DeclareTrailer("grpc-status");
        await context.Response.Body.WriteAsync(frame);
        context.Response.AppendTrailer("grpc-status", "0");
    }
}
