using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Multus.Kubernetes.Api;
using Multus.Kubernetes.Api.Configuration;
using Multus.Kubernetes.Certificates.Approval;
using Multus.Kubernetes.Tests.Folder;
using Multus.TestCluster.Access;
using Multus.TestCluster.Faults;
using Multus.TestCluster.Journal;
using Multus.TestCluster.Objects;
using Multus.TestCluster.Statuses;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;

namespace Multus.Kubernetes.Tests.Certificates.Approval;

[SuppressMessage("Design", "CA1001", Justification = "xunit disposes of it through IAsyncLifetime")]
public sealed class CertificateApproverTests : IAsyncLifetime
{
    private const string Account = "system:serviceaccount:kube-system:multus-cert-approver";

    private readonly CancellationTokenSource _stop = new();
    private readonly MemoryLog<CertificateApprover> _log = new();
    private readonly TempFolder _folder = new();
    private NodeFixture _node = null!; // set before the test begins
    private CertificateApprover? _approver;
    private Task _running = Task.CompletedTask;

    public async Task InitializeAsync() => _node = await NodeFixture.StartAsync(TimeProvider.System);

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(Wait.Patience);
        _approver?.Dispose();
        _stop.Dispose();
        await _node.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_node_gets_its_certificate_and_an_event_says_so()
    {
        StartApprover();
        await _node.Server.Watches.WhenOpenAsync(ResourceType.SigningRequests).WaitAsync(Wait.Patience);

        await RenewAsync();

        Assert.True(_node.Rotation.HasGood);
        var condition = Conditions(Assert.Single(_node.Requests))[0];
        Assert.Equal(("Approved", "True", "AutoApproved"), condition);
        var said = await EventAsync("CSRApproved");
        Assert.Equal("Normal", said.Text("type"));
        Assert.Equal("cert-approver", said.Text("source", "component"));
        Assert.Equal(_node.Requests[0].Key.Name, said.Text("involvedObject", "name"));
        Assert.Equal("default", said.Key.Namespace);
    }

    [Fact]
    public async Task Requests_from_before_its_start_are_approved_too()
    {
        var renewing = RenewAsync();
        await Eventually.Holds(() => _node.Requests.Count == 1, "a certificate is asked for");
        StartApprover();

        await renewing;

        Assert.True(_node.Rotation.HasGood);
    }

    [Fact]
    public async Task A_denial_is_stored_by_the_sub_resource_and_an_event_says_why()
    {
        // The bootstrap kubeconfig is an administrator's: that is not whose certificate it is to be.
        _node.Files.KubeconfigWithToken(_node.Server.Access.IssueToken("system:serviceaccount:kube-system:multus"));
        StartApprover();

        await RenewAsync();

        Assert.False(_node.Rotation.HasGood);
        Assert.Equal(("Denied", "True", "CSRDenied"), Conditions(Assert.Single(_node.Requests))[0]);
        Assert.Contains("is Denied (CSRDenied): the requester", _node.Rotation.Tried, StringComparison.Ordinal);
        var said = await EventAsync("CSRDenied");
        Assert.Equal("Warning", said.Text("type"));
        Assert.Contains(
            "requester system:serviceaccount:kube-system:multus",
            said.Text("message"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_request_that_is_refused_five_times_is_dropped_and_the_next_one_is_not()
    {
        var refused = _node.Server.Access.Deny(
            new DenyRule("update", "certificatesigningrequests/approval", User: Account)
        );
        StartApprover();
        var renewing = RenewAsync();
        await Eventually.Holds(
            () => _log.Lines.Any(line => line.Contains("is dropped after 5 tries", StringComparison.Ordinal)),
            "it is dropped"
        );
        var first = _node.Requests[0].Key.Name;
        refused.Dispose();

        _node.Server.Signer.Deny(first);
        await renewing;
        await RenewAsync();

        Assert.True(_node.Rotation.HasGood);
        Assert.Equal(5, Approvals().Count(request => request.Name == first));
    }

    [Fact]
    public async Task A_conflict_and_a_server_that_is_away_for_longer_than_five_tries_are_overcome()
    {
        static bool IsApproval(RequestRecord request) => request.Subresource == "approval";
        _node.Server.Faults.Next(6, IsApproval, new FaultAction.Refuse(ApiStatus.ServiceUnavailable()));
        _node.Server.Faults.Next(
            1,
            IsApproval,
            new FaultAction.Refuse(ApiStatus.Modified(ResourceType.SigningRequests, "x"))
        );
        StartApprover();

        await RenewAsync();

        Assert.True(_node.Rotation.HasGood);
        Assert.Equal(8, Approvals().Count());
    }

    [Fact]
    public async Task What_is_decided_is_not_looked_at_again()
    {
        StartApprover();
        await _node.Server.Watches.WhenOpenAsync(ResourceType.SigningRequests).WaitAsync(Wait.Patience);

        await RenewAsync();
        _node.Server.Watches.ResetAll();
        await _node.Server.Watches.WhenOpenAsync(ResourceType.SigningRequests).WaitAsync(Wait.Patience);
        await EventAsync("CSRApproved");

        Assert.Single(
            _node.Server.Journal.All,
            request => request is { Verb: "get", User: Account } && request.Resource == ResourceType.SigningRequests
        );
    }

    private void StartApprover()
    {
        _approver = new CertificateApprover(
            Kubeconfig.Read(
                _node.Server.FilesIn(_folder["approver"]).KubeconfigWithToken(_node.Server.Access.IssueToken(Account))
            ),
            new ApiClusterSettings("", "1.2.3"),
            null,
            _ => null,
            TimeProvider.System,
            new Random(1),
            _log
        );
        _running = _approver.RunAsync(_stop.Token);
    }

    private Task<TimeSpan> RenewAsync() => _node.Rotation.TurnAsync(default);

    private IEnumerable<RequestRecord> Approvals() =>
        _node.Server.Journal.All.Where(request => request is { Verb: "update", Subresource: "approval" });

    private static List<(string?, string?, string?)> Conditions(StoredObject request) =>
        [
            .. request
                .Json.GetProperty("status")
                .GetProperty("conditions")
                .EnumerateArray()
                .Select(one => (Text(one, "type"), Text(one, "status"), Text(one, "reason"))),
        ];

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private async Task<StoredObject> EventAsync(string reason)
    {
        IEnumerable<StoredObject> Said() =>
            _node.Server.Objects.All(ResourceType.CoreEvents).Where(said => said.Text("reason") == reason);
        await Eventually.Holds(() => Said().Any(), $"there is an event {reason}");
        return Said().Single();
    }
}
