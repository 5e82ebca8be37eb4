using Multus.Kubernetes.Api.Configuration;
using Multus.Kubernetes.Certificates;
using Multus.Kubernetes.Tests.Folder;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;

namespace Multus.Kubernetes.Tests.Certificates;

/// <summary>The start: what it waits for, and what it says when it has waited long enough.</summary>
public sealed class NodeCertificatesTests : IAsyncLifetime
{
    private readonly MemoryLog<NodeCertificates> _log = new();
    private NodeFixture _node = null!; // set before the test begins

    public async Task InitializeAsync() => _node = await NodeFixture.StartAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_start_that_waits_is_over_when_somebody_approves()
    {
        // By the clock of the machine: what the server answers must not come after the time that it has for it.
        await using var node = await NodeFixture.StartAsync(TimeProvider.System);
        var starting = NodeCertificates.StartAsync(node.Settings, null, _ => null, node.Clock, _log, default);
        await WhenAsked();
        Assert.False(starting.IsCompleted);

        node.Server.Signer.Approve(node.Requests[0].Key.Name);

        await using var started = await starting.WaitAsync(Wait.Patience);
        Assert.True(node.Rotation.HasGood);
    }

    [Fact]
    public async Task A_start_with_a_good_certificate_asks_nobody()
    {
        _node.Server.Signer.ApprovesAll = true;
        await _node.Rotation.TurnAsync(default);

        await using (await StartAsync())
            Assert.Single(_node.Requests);
    }

    [Fact]
    public async Task After_two_minutes_the_start_says_what_was_tried_and_what_would_do()
    {
        var began = _node.Time.GetUtcNow();
        var starting = StartAsync();
        await WhenAsked();
        await Elapse(starting);

        var e = await Assert.ThrowsAsync<KubernetesException>(() => starting);

        Assert.True(_node.Time.GetUtcNow() - began >= TimeSpan.FromMinutes(2));
        foreach (
            var words in new[]
            {
                "was not signed within 120 s",
                "CN=system:multus:node-1",
                _node.Requests[0].Key.Name,
                _node.Settings.BootstrapKubeconfig,
                "kubectl certificate approve",
                "cert-approver",
            }
        )
            Assert.Contains(words, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_is_named()
    {
        var file = _node.Settings with { CertDir = $"{_node.Settings.BootstrapKubeconfig}/certs" };

        var e = await Assert.ThrowsAsync<ApiConfigurationException>(() => StartAsync(file));

        Assert.Contains($"certDir {file.CertDir}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_way_in_has_no_other_credential_than_the_certificate()
    {
        var access = NodeCertificates.AccessOf(_node.Settings);

        Assert.Equal("client certificate", access.User.ToString());
        Assert.Equal(_node.Server.Address, access.Server);
    }

    private Task<NodeCertificates> StartAsync(NodeCertificateSettings? settings = null) =>
        NodeCertificates.StartAsync(settings ?? _node.Settings, null, _ => null, _node.Time, _log, default);

    /// <summary>The request is made, and its maker knows.</summary>
    private Task WhenAsked() =>
        Eventually.Holds(
            () => _log.Lines.Any(line => line.Contains("was made as", StringComparison.Ordinal)),
            "a certificate is asked for"
        );

    private async Task Elapse(Task waiting)
    {
        while (!waiting.IsCompleted)
        {
            _node.Time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }
    }
}
