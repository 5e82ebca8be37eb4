using System.Globalization;
using k8s.Models;
using Multus.Core.Pods;
using Multus.Kubernetes.Api.Transport;

namespace Multus.Kubernetes.Api.Events;

/// <summary>Creates events of the core group, which every tool reads, under upstream's component name.</summary>
internal sealed class EventPoster(ApiTransport transport, string nodeName)
{
    private const string Component = "multus";
    private const int MaxMessageCharacters = 1024;
    private const int MaxNameCharacters = 253;

    private long _last; // distinguishes events of one moment

    /// <exception cref="KubernetesException">It is not stored, or nobody knows.</exception>
    public async Task PostAsync(ClusterEvent happened, CancellationToken cancel)
    {
        if (!KubernetesNames.IsLabel(happened.Pod.Namespace) || !KubernetesNames.IsSubdomain(NameOf(happened)))
            throw new KubernetesException(
                $"cannot create an event for {(happened.IsOfNode ? $"node {nodeName}" : $"pod {happened.Pod}")}: "
                    + "nothing can have that name",
                isTransient: false
            );
        var request = new ApiRequest("create", "events", $"/api/v1/namespaces/{happened.Pod.Namespace}/events")
        {
            Namespace = happened.Pod.Namespace,
            Body = EventOf(happened, NameFor(happened)),
            Accept = ApiRequest.MetadataOnly,
            IsRepeatable = false,
        };
        await transport.SendAsync(request, Bodies.DrainAsync, cancel);
    }

    private string NameOf(ClusterEvent happened) => happened.IsOfNode ? nodeName : happened.Pod.Name;

    /// <summary>
    /// As client-go names them: the object and a time in hexadecimal, here one that is never the same twice.
    /// </summary>
    private string NameFor(ClusterEvent happened)
    {
        var nanoseconds = (happened.Last - DateTimeOffset.UnixEpoch).Ticks * 100;
        long before,
            mine;
        do
        {
            before = Interlocked.Read(ref _last);
            mine = Math.Max(nanoseconds, before + 1);
        } while (Interlocked.CompareExchange(ref _last, mine, before) != before);

        var suffix = $".{mine.ToString("x", CultureInfo.InvariantCulture)}";
        var name = NameOf(happened);
        return (
                name.Length + suffix.Length <= MaxNameCharacters
                    ? name
                    : name[..(MaxNameCharacters - suffix.Length)].TrimEnd('.', '-')
            ) + suffix;
    }

    private Corev1Event EventOf(ClusterEvent happened, string name) =>
        new()
        {
            ApiVersion = "v1",
            Kind = "Event",
            Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = happened.Pod.Namespace },
            InvolvedObject = happened.IsOfNode
                ? ThisNode()
                : new V1ObjectReference
                {
                    ApiVersion = "v1",
                    Kind = "Pod",
                    NamespaceProperty = happened.Pod.Namespace,
                    Name = happened.Pod.Name,
                    Uid = string.IsNullOrEmpty(happened.PodUid) ? null : happened.PodUid,
                },
            Reason = happened.Reason,
            Message =
                happened.Message.Length <= MaxMessageCharacters
                    ? happened.Message
                    : $"{happened.Message[..(MaxMessageCharacters - 1)]}…",
            Type = happened.IsWarning ? "Warning" : "Normal",
            Source = new V1EventSource { Component = Component, Host = nodeName },
            ReportingComponent = Component,
            ReportingInstance = nodeName,
            FirstTimestamp = Second(happened.First),
            LastTimestamp = Second(happened.Last),
            Count = happened.Count,
        };

    // kubectl describe node finds events by a UID that is the node's name, as kubelet writes it.
    private V1ObjectReference ThisNode() =>
        new()
        {
            ApiVersion = "v1",
            Kind = "Node",
            Name = nodeName,
            Uid = nodeName,
        };

    /// <summary>The two times of an event have no fractions.</summary>
    private static DateTime Second(DateTimeOffset time) =>
        time.UtcDateTime.AddTicks(-(time.UtcDateTime.Ticks % TimeSpan.TicksPerSecond));
}
