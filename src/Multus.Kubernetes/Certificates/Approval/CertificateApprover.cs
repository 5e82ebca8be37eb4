using k8s.Models;
using Microsoft.Extensions.Logging;
using Multus.Cni;
using Multus.Core.Pods;
using Multus.Kubernetes.Api;
using Multus.Kubernetes.Api.Configuration;
using Multus.Kubernetes.Api.Json;
using Multus.Kubernetes.Api.Resources;
using Multus.Kubernetes.Api.Transport;
using Multus.Kubernetes.Api.Watching;

namespace Multus.Kubernetes.Certificates.Approval;

/// <summary>
/// Approves the requests by which nodes ask for their own certificates, and denies those that claim to be such ones:
/// a controller of the cluster, one for all nodes.
/// </summary>
public sealed class CertificateApprover : IDisposable
{
    private const int MaxTries = 5;

    private static readonly Backoff Waits = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(30));

    private readonly ApiClusterSettings _settings;
    private readonly ApiTransport _transport;
    private readonly ApprovalEvents _events;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _log;

    /// <param name="runner">Needed when the user's credential comes from a program.</param>
    /// <param name="environment">The value of a variable, <c>null</c> when it is not set: for the proxy
    /// settings.</param>
    /// <exception cref="ApiConfigurationException">The access cannot be used as it is.</exception>
    public CertificateApprover(
        ApiAccess access,
        ApiClusterSettings settings,
        IExecPluginRunner? runner,
        Func<string, string?> environment,
        TimeProvider time,
        Random random,
        ILogger<CertificateApprover> log
    )
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        _time = time;
        _random = random;
        _log = log;
        _transport = new ApiTransport(access, settings, runner, environment, time, log);
        _events = new ApprovalEvents(_transport, time);
    }

    private static ApiResource<string, RequestKey> Requests { get; } =
        new(
            SigningRequests.Resource,
            "/apis/certificates.k8s.io/v1",
            "certificatesigningrequests",
            HasSpec: false, // the name is enough: what is decided on is read when it is decided
            draft => new RequestKey(
                draft.Name ?? throw new InvalidDataException("the answer has an object without metadata.name"),
                draft.Uid ?? ""
            ),
            request => request.Name,
            (a, b) => a == b
        );

    /// <summary>Ends by cancellation only.</summary>
    public Task RunAsync(CancellationToken cancel)
    {
        var observer = new NewRequests(_log);
        var watch = new ListWatch<string, RequestKey>(_transport, Requests, observer, _settings, _time, _random, _log);
        return TogetherUntilCancelled.RunAsync(watch.RunAsync, stop => WorkAsync(observer, stop), cancel);
    }

    public void Dispose() => _transport.Dispose();

    private async Task WorkAsync(NewRequests requests, CancellationToken cancel)
    {
        await foreach (var request in requests.Queue.ReadAllAsync(cancel).ConfigureAwait(false))
            await TryAsync(request, cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// A request has five tries. A server that is away is no fault of the request: it is waited for, and those behind
    /// it would fare no better.
    /// </summary>
    private async Task TryAsync(RequestKey request, CancellationToken cancel)
    {
        for (int failures = 0, tries = 0; ; )
        {
            try
            {
                await SettleAsync(request, cancel).ConfigureAwait(false);
                return;
            }
            catch (KubernetesException e) when (e.IsNoSuchObject)
            {
                ApprovalLog.LeftAlone(_log, request.Name, "it is gone");
                return;
            }
            catch (KubernetesException e)
            {
                tries += e.IsOutage ? 0 : 1;
                if (tries == MaxTries)
                {
                    ApprovalLog.Dropped(_log, request.Name, tries, e.Message);
                    return;
                }

                var wait = Waits.After(++failures, _random);
                ApprovalLog.Again(_log, request.Name, wait, failures, e.Message);
                await Task.Delay(wait, _time, cancel).ConfigureAwait(false);
            }
        }
    }

    private async Task SettleAsync(RequestKey key, CancellationToken cancel)
    {
        if (!KubernetesNames.IsSubdomain(key.Name))
            return; // no server gives such a name, and it would be part of a path
        var get = new ApiRequest("get", SigningRequests.Resource, $"{SigningRequests.Root}/{key.Name}")
        {
            Name = key.Name,
        };
        var request = await _transport.ReadAsync<V1CertificateSigningRequest>(get, cancel).ConfigureAwait(false);
        switch (ApprovalPolicy.Decide(request))
        {
            case ApprovalVerdict.Approve approve:
                await WriteAsync(request, "Approved", "AutoApproved", ApprovalEvents.ApprovedMessage, cancel)
                    .ConfigureAwait(false);
                ApprovalLog.Approved(_log, key.Name, approve.Node);
                await SayAsync(request, isDenied: false, ApprovalEvents.ApprovedMessage, cancel).ConfigureAwait(false);
                break;
            case ApprovalVerdict.Deny deny:
                await WriteAsync(request, "Denied", "CSRDenied", deny.Reason, cancel).ConfigureAwait(false);
                ApprovalLog.Denied(_log, key.Name, deny.Reason);
                await SayAsync(request, isDenied: true, deny.Reason, cancel).ConfigureAwait(false);
                break;
            case ApprovalVerdict.Undecided undecided:
                ApprovalLog.Undecided(_log, key.Name, undecided.Reason);
                break;
            case ApprovalVerdict.NotOurs other:
                ApprovalLog.LeftAlone(_log, key.Name, other.Reason);
                break;
        }
    }

    /// <summary>
    /// Through the approval sub-resource, for a denial too: what is written elsewhere the server drops.
    /// </summary>
    /// <exception cref="KubernetesException">Among others 409: it has changed since it was read.</exception>
    private async Task WriteAsync(
        V1CertificateSigningRequest request,
        string type,
        string reason,
        string message,
        CancellationToken cancel
    )
    {
        request.ApiVersion = "certificates.k8s.io/v1";
        request.Kind = "CertificateSigningRequest";
        request.Status ??= new V1CertificateSigningRequestStatus();
        request.Status.Conditions =
        [
            .. request.Status.Conditions ?? [],
            new V1CertificateSigningRequestCondition
            {
                Type = type,
                Status = "True",
                Reason = reason,
                Message = message,
                LastUpdateTime = _time.GetUtcNow().UtcDateTime,
            },
        ];
        var name = request.Metadata.Name;
        var put = new ApiRequest(
            "update",
            "certificatesigningrequests/approval.certificates.k8s.io",
            $"{SigningRequests.Root}/{name}/approval"
        )
        {
            Name = name,
            Body = request,
        };
        await _transport.SendAsync(put, Bodies.DrainAsync, cancel).ConfigureAwait(false);
    }

    private async Task SayAsync(
        V1CertificateSigningRequest request,
        bool isDenied,
        string message,
        CancellationToken cancel
    )
    {
        try
        {
            await _events.PostAsync(request, isDenied, message, cancel).ConfigureAwait(false);
        }
        catch (KubernetesException e)
        {
            ApprovalLog.NoEvent(_log, request.Metadata.Name, e.Message); // it is decided all the same
        }
    }
}
