using System.Collections.Concurrent;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Multus.TestCluster.Kubelets.Wire;

namespace Multus.TestCluster.Kubelets;

/// <summary>
/// A kubelet's pod resources service on a unix socket: a real gRPC server, answers as the test decides.
/// </summary>
public sealed class FakeKubelet : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ListPodResourcesResponse _node = new();
    private readonly AllocatableResourcesResponse _allocatable = new();

    private FakeKubelet(WebApplicationBuilder builder)
    {
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(new Service(this));
        _app = builder.Build();
        _app.MapGrpcService<Service>();
    }

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
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(options =>
                options.ListenUnixSocket(socket, listen => listen.Protocols = HttpProtocols.Http2)
            );
        var kubelet = new FakeKubelet(builder);
        await kubelet._app.StartAsync();
        return kubelet;
    }

    /// <summary>Devices that the node has.</summary>
    public FakeKubelet WithAllocatable(string resource, params string[] ids)
    {
        _allocatable.Devices.Add(new ContainerDevices { ResourceName = resource, DeviceIds = { ids } });
        return this;
    }

    /// <summary>Gives a container of a pod these devices of one resource.</summary>
    public FakeKubelet With(string ns, string pod, string container, string resource, params string[] ids)
    {
        ContainerOf(ns, pod, container)
            .Devices.Add(new ContainerDevices { ResourceName = resource, DeviceIds = { ids } });
        return this;
    }

    /// <summary>Gives a container of a pod the devices of a claim.</summary>
    public FakeKubelet WithClaim(string ns, string pod, string container, string claim, params string[] cdiNames)
    {
        ContainerOf(ns, pod, container)
            .DynamicResources.Add(
                new DynamicResource
                {
                    ClaimName = claim,
                    ClaimNamespace = ns,
                    ClaimResources =
                    {
                        cdiNames.Select(name => new ClaimResource { CdiDevices = { new CDIDevice { Name = name } } }),
                    },
                }
            );
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    /// <summary>
    /// Gives a container of a pod one device of a claim, by all its names: as newer kubelets have it.
    /// </summary>
    /// <param name="device">"driver/pool/device".</param>
    public FakeKubelet WithAllocated(
        string ns,
        string pod,
        string container,
        string claim,
        string device,
        string cdiName
    )
    {
        var parts = device.Split('/');
        ContainerOf(ns, pod, container)
            .DynamicResources.Add(
                new DynamicResource
                {
                    ClaimName = claim,
                    ClaimNamespace = ns,
                    ClaimResources =
                    {
                        new ClaimResource
                        {
                            DriverName = parts[0],
                            PoolName = parts[1],
                            DeviceName = parts[2],
                            CdiDevices = { new CDIDevice { Name = cdiName } },
                        },
                    },
                }
            );
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

    private async Task<ListPodResourcesResponse> ListAsync()
    {
        Take("List");
        await BeforeList();
        return ListFails is { } fails ? throw Failure(fails) : _node;
    }

    private GetPodResourcesResponse Get(GetPodResourcesRequest asked)
    {
        Take("Get");
        if (GetFails is { } fails)
            throw Failure(fails);

        return
            _node.PodResources.FirstOrDefault(p => p.Name == asked.PodName && p.Namespace == asked.PodNamespace)
                is { } pod
            ? new GetPodResourcesResponse { PodResources = pod }
            : throw Failure((2, $"pod {asked.PodName} in namespace {asked.PodNamespace} not found"));
    }

    private void Take(string method)
    {
        Calls.Enqueue(method);
        if (Refuses(method) is { } refusal)
            throw Failure(refusal);
    }

    private static RpcException Failure((int Status, string Message) why) =>
        new(new Status((StatusCode)why.Status, why.Message));

    private sealed class Service(FakeKubelet kubelet) : PodResourcesLister.PodResourcesListerBase
    {
        public override Task<ListPodResourcesResponse> List(
            ListPodResourcesRequest request,
            ServerCallContext context
        ) => kubelet.ListAsync();

        public override Task<AllocatableResourcesResponse> GetAllocatableResources(
            AllocatableResourcesRequest request,
            ServerCallContext context
        )
        {
            kubelet.Take("GetAllocatableResources");
            return Task.FromResult(kubelet._allocatable);
        }

        public override Task<GetPodResourcesResponse> Get(GetPodResourcesRequest request, ServerCallContext context) =>
            Task.FromResult(kubelet.Get(request));
    }
}
