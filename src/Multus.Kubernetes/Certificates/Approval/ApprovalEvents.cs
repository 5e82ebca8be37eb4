using System.Globalization;
using k8s.Models;
using Multus.Kubernetes.Api.Transport;

namespace Multus.Kubernetes.Certificates.Approval;

/// <summary>Events about CertificateSigningRequests, with upstream's words; what has no namespace has them in
/// <c>default</c>.</summary>
internal sealed class ApprovalEvents(ApiTransport transport, TimeProvider time)
{
    public const string ApprovedMessage = "the request is a node's for its own certificate";

    private const string Component = "cert-approver";
    private const string Namespace = "default";

    /// <exception cref="KubernetesException">It is not stored, or nobody knows.</exception>
    public async Task PostAsync(
        V1CertificateSigningRequest about,
        bool isDenied,
        string message,
        CancellationToken cancel
    )
    {
        var now = time.GetUtcNow().UtcDateTime;
        var second = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond)); // the two times have no fractions
        var name = about.Metadata.Name;
        var request = new ApiRequest("create", "events", $"/api/v1/namespaces/{Namespace}/events")
        {
            Namespace = Namespace,
            Accept = ApiRequest.MetadataOnly,
            IsRepeatable = false,
            Body = new Corev1Event
            {
                ApiVersion = "v1",
                Kind = "Event",
                Metadata = new V1ObjectMeta
                {
                    Name = $"{name}.{now.Ticks.ToString("x", CultureInfo.InvariantCulture)}",
                    NamespaceProperty = Namespace,
                },
                InvolvedObject = new V1ObjectReference
                {
                    ApiVersion = "certificates.k8s.io/v1",
                    Kind = "CertificateSigningRequest",
                    Name = name,
                    Uid = about.Metadata.Uid,
                },
                Reason = isDenied ? "CSRDenied" : "CSRApproved",
                Message = message,
                Type = isDenied ? "Warning" : "Normal",
                Source = new V1EventSource { Component = Component },
                ReportingComponent = Component,
                ReportingInstance = Component,
                FirstTimestamp = second,
                LastTimestamp = second,
                Count = 1,
            },
        };
        await transport.SendAsync(request, Bodies.DrainAsync, cancel).ConfigureAwait(false);
    }
}
