using System.Diagnostics.CodeAnalysis;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Multus.Core.Devices;
using Multus.Core.Pods;
using Multus.Kubernetes.Kubelet;
using Multus.TestCluster.Kubelets;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;

namespace Multus.Kubernetes.Tests.Kubelet;

[SuppressMessage("Design", "CA1001", Justification = "xunit disposes of it through IAsyncLifetime")]
public sealed class PodResourcesDevicesTests : IAsyncLifetime
{
    private const string Vf = "vendor.com/vf";
    private static readonly PodKey Pod = new("ns", "pod");

    private readonly TempFolder _temp = new();
    private FakeKubelet _kubelet = null!;
    private KubeletDevices _devices = null!;

    public async Task InitializeAsync()
    {
        _kubelet = await FakeKubelet.StartAsync(Socket);
        _devices = new KubeletDevices(_temp["kubelet"], TimeProvider.System, NullLogger.Instance);
    }

    public async Task DisposeAsync()
    {
        _devices.Dispose();
        await _kubelet.DisposeAsync();
        _temp.Dispose();
    }

    [Fact]
    public async Task Edge_169_the_devices_of_a_pod_come_with_container_and_resource()
    {
        _kubelet
            .With("ns", "pod", "main", Vf, "0000:03:02.3", "0000:03:02.0")
            .With("ns", "pod", "side", Vf, "0000:03:01.1")
            .With("ns", "other", "main", Vf, "0000:03:02.7");

        Assert.Equal(
            [
                new PodDevice("main", Vf, "0000:03:02.0"),
                new PodDevice("main", Vf, "0000:03:02.3"),
                new PodDevice("side", Vf, "0000:03:01.1"),
            ],
            await ReadAsync()
        );
        Assert.Equal(["Get"], _kubelet.Calls);
    }

    [Fact]
    public async Task Edge_170_a_claim_s_devices_are_those_of_its_name()
    {
        _kubelet.WithClaim("ns", "pod", "main", "resource-claim", "cdi-kind=cdi-resource", "without-a-name", "a=b=c");

        Assert.Equal(
            [
                new PodDevice("main", "resource-claim", "cdi-resource")
                {
                    Allocation = new DeviceAllocation("ns/resource-claim", null),
                },
            ],
            await ReadAsync()
        );
    }

    [Fact]
    public async Task A_claim_s_device_comes_with_the_name_that_the_cluster_has_for_it()
    {
        _kubelet.WithAllocated("ns", "pod", "main", "resource-claim", "driver/pool/vf-0", "vendor.com/vf=0000-03-02-0");

        Assert.Equal(
            [
                new PodDevice("main", "resource-claim", "0000-03-02-0")
                {
                    Allocation = new DeviceAllocation("ns/resource-claim", "driver/pool/vf-0"),
                },
            ],
            await ReadAsync()
        );
    }

    [Fact]
    public async Task A_device_that_two_containers_share_is_listed_for_both_and_once_for_each()
    {
        _kubelet.With("ns", "pod", "main", Vf, "a", "a").With("ns", "pod", "side", Vf, "a");

        Assert.Equal([new PodDevice("main", Vf, "a"), new PodDevice("side", Vf, "a")], await ReadAsync());
    }

    [Fact]
    public async Task Edge_174_a_pod_that_the_kubelet_does_not_know_has_no_devices()
    {
        Assert.Empty(await ReadAsync());
    }

    [Theory]
    [InlineData(12, "unknown method Get")]
    [InlineData(2, "Pod Resources API Get method disabled")]
    public async Task A_kubelet_that_knows_no_Get_is_asked_for_the_list_and_not_for_a_Get_again(
        int status,
        string message
    )
    {
        _kubelet.GetFails = (status, message);
        _kubelet.With("ns", "pod", "main", Vf, "a");

        Assert.Single(await ReadAsync());
        Assert.Single(await ReadAsync());
        Assert.Equal(["Get", "List", "List"], _kubelet.Calls);
    }

    [Fact]
    public async Task A_hundred_that_ask_at_once_cost_two_lists()
    {
        _kubelet.GetFails = (12, "unknown method Get");
        _kubelet.With("ns", "pod", "main", Vf, "a");
        await ReadAsync(); // now it is known that there is no Get
        var (entered, proceed) = (new TaskCompletionSource(), new TaskCompletionSource());
        _kubelet.BeforeList = () =>
        {
            entered.TrySetResult();
            return proceed.Task;
        };
        _kubelet.Calls.Clear();

        var first = ReadAsync();
        await entered.Task.WaitAsync(Wait.Patience);
        var others = Enumerable.Range(0, 99).Select(_ => ReadAsync()).ToArray();
        proceed.SetResult();

        Assert.All(await Task.WhenAll([first, .. others]).WaitAsync(Wait.Patience), devices => Assert.Single(devices));
        Assert.Equal(2, _kubelet.Calls.Count);
    }

    /// <summary>A kubelet answers ten such questions at once and a hundred a second, and refuses the rest.</summary>
    [Fact]
    public async Task A_hundred_that_ask_at_once_are_all_answered_by_a_kubelet_that_limits_their_rate()
    {
        _kubelet.With("ns", "pod", "main", Vf, "a");
        var (gets, lists) = (0, 0);
        _kubelet.Refuses = method =>
            (method == "Get" ? Interlocked.Increment(ref gets) > 10 : Interlocked.Increment(ref lists) <= 2)
                ? (8, "rejected by rate limit")
                : null;

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => ReadAsync())).WaitAsync(Wait.Patience);

        Assert.All(answers, devices => Assert.Single(devices));
        Assert.InRange(lists, 3, 3 + 10); // the first of them was refused twice; few more share the rest
    }

    [Fact]
    public async Task A_kubelet_that_limits_the_rate_for_ever_is_given_up()
    {
        var time = new CountedTime();
        using var devices = new KubeletDevices(_temp["kubelet"], time, NullLogger.Instance);
        _kubelet.Refuses = _ => (8, "rejected by rate limit");

        var reading = devices.ReadAsync(Pod, "u1", CancellationToken.None);
        await Eventually.Holds(
            () =>
            {
                time.Advance(TimeSpan.FromMilliseconds(100));
                return reading.IsCompleted;
            },
            "it is given up"
        );

        var failed = await Assert.ThrowsAsync<KubernetesException>(() => reading);
        Assert.True(failed.IsTransient);
        Assert.Contains("rejected by rate limit", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kubelet_that_refuses_is_an_error_with_its_words()
    {
        _kubelet.GetFails = (2, "whatever");
        _kubelet.ListFails = (13, "état inconnu");

        var failed = await Assert.ThrowsAsync<KubernetesException>(ReadAsync);
        Assert.Contains("ns/pod", failed.Message);
        Assert.Contains("état inconnu", failed.Message);
        Assert.True(failed.IsTransient);
    }

    [Fact]
    public async Task A_kubelet_that_has_restarted_is_found_again()
    {
        _kubelet.With("ns", "pod", "main", Vf, "a");
        Assert.Single(await ReadAsync());
        await _kubelet.DisposeAsync();
        File.Delete(Socket);
        _kubelet = await FakeKubelet.StartAsync(Socket);
        _kubelet.With("ns", "pod", "main", Vf, "a", "b");

        Assert.Equal(2, (await ReadAsync()).Count);
    }

    [Fact]
    public async Task A_kubelet_that_is_gone_and_comes_back_is_an_error_in_between_and_no_longer()
    {
        _kubelet.With("ns", "pod", "main", Vf, "a");
        Assert.Single(await ReadAsync());
        await _kubelet.DisposeAsync();
        await File.WriteAllTextAsync(Socket, "");
        Assert.True((await Assert.ThrowsAsync<KubernetesException>(ReadAsync)).IsTransient);

        File.Delete(Socket);
        _kubelet = await FakeKubelet.StartAsync(Socket);
        _kubelet.With("ns", "pod", "main", Vf, "a", "b");

        Assert.Equal(2, (await ReadAsync()).Count);
    }

    /// <summary>As http_proxy in the daemon's environment would have it.</summary>
    [Fact]
    public async Task A_proxy_of_the_environment_is_not_asked_for_the_kubelet()
    {
        _kubelet.With("ns", "pod", "main", Vf, "a");
        var before = HttpClient.DefaultProxy;
        try
        {
            HttpClient.DefaultProxy = new ProxyForOneHost();
            using var devices = new KubeletDevices(_temp["kubelet"], TimeProvider.System, NullLogger.Instance);

            Assert.Single(await devices.ReadAsync(Pod, "u1", CancellationToken.None).WaitAsync(Wait.Patience));
        }
        finally
        {
            HttpClient.DefaultProxy = before;
        }
    }

    [Fact]
    public async Task A_list_of_many_megabytes_is_taken()
    {
        _kubelet.GetFails = (12, "unknown method Get");
        var name = new string('n', 1000);
        for (var i = 0; i < 5000; i++)
            _kubelet.With("ns", $"other-{i}", name, Vf, "a");
        _kubelet.With("ns", "pod", "main", Vf, "a");

        Assert.Single(await ReadAsync());
    }

    [Fact]
    public async Task A_kubelet_that_does_not_answer_is_given_up_after_ten_seconds()
    {
        var time = new CountedTime();
        using var devices = new KubeletDevices(_temp["kubelet"], time, NullLogger.Instance);
        var (entered, proceed) = (new TaskCompletionSource(), new TaskCompletionSource());
        _kubelet.GetFails = (2, "whatever");
        _kubelet.BeforeList = () =>
        {
            entered.TrySetResult();
            return proceed.Task;
        };

        var reading = devices.ReadAsync(Pod, "u1", CancellationToken.None);
        await entered.Task.WaitAsync(Wait.Patience);
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Contains(
            "within 10 s",
            (await Assert.ThrowsAsync<KubernetesException>(() => reading.WaitAsync(Wait.Patience))).Message,
            StringComparison.Ordinal
        );
        proceed.SetResult();
    }

    [Fact]
    public async Task Edge_172_a_socket_at_which_nobody_listens_is_an_error_that_names_it()
    {
        await _kubelet.DisposeAsync();
        await File.WriteAllTextAsync(Socket, "");

        Assert.Contains("kubelet.sock", (await Assert.ThrowsAsync<KubernetesException>(ReadAsync)).Message);
    }

    [Theory]
    [InlineData("", "pod")]
    [InlineData("ns", "")]
    public async Task Edge_173_a_pod_without_a_name_cannot_be_asked_for(string ns, string name) =>
        await Assert.ThrowsAsync<KubernetesException>(() =>
            _devices.ReadAsync(new PodKey(ns, name), "u1", CancellationToken.None)
        );

    private string Socket => _temp["kubelet", "pod-resources", "kubelet.sock"];

    private async Task<IReadOnlyList<PodDevice>> ReadAsync() =>
        await _devices.ReadAsync(Pod, "u1", CancellationToken.None).WaitAsync(Wait.Patience);

    // For the host and port that the kubelet's channel names; other tests of this process are not disturbed.
    private sealed class ProxyForOneHost : IWebProxy
    {
        public ICredentials? Credentials { get; set; }

        public Uri GetProxy(Uri destination) => new("http://127.0.0.1:9");

        public bool IsBypassed(Uri host) => host is not { Host: "localhost", Port: 80 };
    }
}
