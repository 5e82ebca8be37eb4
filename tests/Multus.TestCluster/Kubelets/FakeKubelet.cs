using System.Buffers.Binary;
using System.Collections.Concurrent;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Multus.TestCluster.Kubelets.Wire;

namespace Multus.TestCluster.Kubelets;

/// <summary>A kubelet's pod resources service on a unix socket: real HTTP/2, real gRPC frames, answers as the test decides.</summary>
public sealed class FakeKubelet : IAsyncDisposable
{
    private const int PrefixLength = 5;

    private readonly WebApplication _app;
    private readonly ListPodResourcesResponse _node = new();

    private FakeKubelet(WebApplication app) => _app = app;

    /// <summary>Every method called so far: "Get", "List".</summary>
    public ConcurrentQueue<string> Calls { get; } = [];

    /// <summary>What a Get is answered with instead of the pod: a gRPC status and its message.</summary>
    public (int Status, string Message)? GetFails { get; set; }

    /// <summary>The same for a List.</summary>
    public (int Status, string Message)? ListFails { get; set; }

    /// <summary>What a call of a method is refused with, before anything else; null: it is not.</summary>
    public Func<string, (int Status, string Message)?> Refuses { get; set; } = _ => null;

    /// <summary>Awaited before a List is answered.</summary>
    public Func<Task> BeforeList { get; set; } = () => Task.CompletedTask;

    public static async Task<FakeKubelet> StartAsync(string socket)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(socket)!);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.ListenUnixSocket(socket, listen => listen.Protocols = HttpProtocols.Http2));
        var app = builder.Build();
        var kubelet = new FakeKubelet(app);
        app.Run(kubelet.AnswerAsync);
        await app.StartAsync();
        return kubelet;
    }

    /// <summary>Gives a container of a pod these devices of one resource.</summary>
    public FakeKubelet With(string ns, string pod, string container, string resource, params string[] ids)
    {
        ContainerOf(ns, pod, container).Devices.Add(new ContainerDevices { ResourceName = resource, DeviceIds = { ids } });
        return this;
    }

    /// <summary>Gives a container of a pod the devices of a claim.</summary>
    public FakeKubelet WithClaim(string ns, string pod, string container, string claim, params string[] cdiNames)
    {
        ContainerOf(ns, pod, container).DynamicResources.Add(new DynamicResource
        {
            ClaimName = claim,
            ClaimNamespace = ns,
            ClaimResources = { cdiNames.Select(name => new ClaimResource { CdiDevices = { new CDIDevice { Name = name } } }) },
        });
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    /// <summary>Gives a container of a pod one device of a claim, by all its names: as newer kubelets have it.</summary>
    /// <param name="device">"driver/pool/device".</param>
    public FakeKubelet WithAllocated(string ns, string pod, string container, string claim, string device, string cdiName)
    {
        var parts = device.Split('/');
        ContainerOf(ns, pod, container).DynamicResources.Add(new DynamicResource
        {
            ClaimName = claim,
            ClaimNamespace = ns,
            ClaimResources = { new ClaimResource { DriverName = parts[0], PoolName = parts[1], DeviceName = parts[2], CdiDevices = { new CDIDevice { Name = cdiName } } } },
        });
        return this;
    }

    private ContainerResources ContainerOf(string ns, string pod, string container)
    {
        var resources = _node.PodResources.FirstOrDefault(p => p.Name == pod && p.Namespace == ns);
        if (resources is null)
            _node.PodResources.Add(resources = new PodResources { Name = pod, Namespace = ns });
        var found = resources.Containers.FirstOrDefault(c => c.Name == container);
        if (found is null)
            resources.Containers.Add(found = new ContainerResources { Name = container });
        return found;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var method = context.Request.Path.Value!.Split('/')[^1];
        Calls.Enqueue(method);
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        context.Response.ContentType = "application/grpc";
        if (Refuses(method) is { } refusal)
        {
            await FailAsync(context, refusal);
        }
        else if (method == "List")
        {
            await BeforeList();
            await (ListFails is { } fails ? FailAsync(context, fails) : SendAsync(context, _node));
        }
        else
        {
            await (GetFails is { } fails ? FailAsync(context, fails) : GetAsync(context, GetPodResourcesRequest.Parser.ParseFrom(body.ToArray().AsSpan(PrefixLength))));
        }
    }

    private Task GetAsync(HttpContext context, GetPodResourcesRequest asked) =>
        _node.PodResources.FirstOrDefault(p => p.Name == asked.PodName && p.Namespace == asked.PodNamespace) is { } pod
            ? SendAsync(context, new GetPodResourcesResponse { PodResources = pod })
            : FailAsync(context, (2, $"pod {asked.PodName} in namespace {asked.PodNamespace} not found"));

    // Without a body the status is among the headers, as servers send it.
    private static Task FailAsync(HttpContext context, (int Status, string Message) why)
    {
        context.Response.Headers["grpc-status"] = why.Status.ToString(System.Globalization.CultureInfo.InvariantCulture);
        context.Response.Headers["grpc-message"] = Uri.EscapeDataString(why.Message);
        return Task.CompletedTask;
    }

    private static async Task SendAsync(HttpContext context, IMessage message)
    {
        var frame = new byte[PrefixLength + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), frame.Length - PrefixLength);
        message.WriteTo(frame.AsSpan(PrefixLength));
        context.Response.DeclareTrailer("grpc-status");
        await context.Response.Body.WriteAsync(frame);
        context.Response.AppendTrailer("grpc-status", "0");
    }
}
