using k8s.Models;
using Microsoft.Extensions.Logging;
using Multus.Core.Pods;
using Multus.Kubernetes.Api.Json;
using Multus.Kubernetes.Api.Resources;
using Multus.Kubernetes.Api.Transport;

namespace Multus.Kubernetes.Api.Pods;

/// <summary>
/// Writes the network-status annotation of one pod and nothing else: one PATCH, which the server refuses when the pod
/// is another one by now. Where RBAC has only what upstream needs, the pod is read and written back instead.
/// </summary>
internal sealed class StatusWriter
{
    private const int MaxTries = 5;
    private const int Forbidden = 403;
    private const int NotFound = 404;
    private const int Conflict = 409;
    private const int Invalid = 422;
    private static readonly TimeSpan ConflictWait = TimeSpan.FromMilliseconds(10);

    private readonly ApiTransport _transport;
    private readonly ApiResource<PodKey, Pod> _pods;
    private readonly Func<PodKey, Pod?> _recall;
    private readonly TimeSpan _forbiddenFor;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private long? _forbiddenAt;

    /// <param name="recall">What a watch knows of the pod, <c>null</c> when nothing.</param>
    public StatusWriter(
        ApiTransport transport,
        ApiResource<PodKey, Pod> pods,
        Func<PodKey, Pod?> recall,
        TimeSpan forbiddenFor,
        TimeProvider time,
        ILogger log
    )
    {
        _transport = transport;
        _pods = pods;
        _recall = recall;
        _forbiddenFor = forbiddenFor;
        _time = time;
        _log = log;
    }

    /// <exception cref="KubernetesException">It is not stored.</exception>
    public async Task WriteAsync(PodKey pod, string? uid, StatusValue status, CancellationToken cancel)
    {
        if (!KubernetesNames.IsLabel(pod.Namespace) || !KubernetesNames.IsSubdomain(pod.Name))
            throw new KubernetesException(
                $"cannot write the network-status of pod {pod}: no pod can have that name",
                isTransient: false
            );
        try
        {
            if (!IsPatchForbidden() || !await TryPutAsync(pod, uid, status, cancel))
                await PatchOrPutAsync(pod, uid, status, cancel);
        }
        catch (KubernetesException e) when (e.IsNoSuchObject)
        {
            throw new KubernetesException(
                $"cannot write the network-status of pod {pod}: the pod does not exist any more",
                isTransient: false,
                e
            )
            {
                Status = NotFound,
                IsNoSuchObject = true,
            };
        }
    }

    /// <summary>
    /// That patch is forbidden is believed when the other way works: an admission hook refuses one pod with the same
    /// status, whichever way it is written, and the next pod's patch may well be taken.
    /// </summary>
    private async Task PatchOrPutAsync(PodKey pod, string? uid, StatusValue status, CancellationToken cancel)
    {
        try
        {
            await PatchAsync(pod, uid, status, cancel);
        }
        catch (KubernetesException refusal) when (refusal.Status == Forbidden)
        {
            if (!await TryPutAsync(pod, uid, status, cancel))
                throw; // names the permission that would do
            RememberForbidden(refusal);
        }
    }

    /// <summary>False when it is forbidden.</summary>
    private async Task<bool> TryPutAsync(PodKey pod, string? uid, StatusValue status, CancellationToken cancel)
    {
        try
        {
            await ReadAndPutAsync(pod, uid, status, cancel);
            return true;
        }
        catch (KubernetesException e) when (e.Status == Forbidden)
        {
            return false;
        }
    }

    private async Task PatchAsync(PodKey pod, string? uid, StatusValue status, CancellationToken cancel)
    {
        var precondition =
            string.IsNullOrEmpty(uid) ? null
            // The runtime knows a static pod by another UID.
            : _recall(pod) is { IsStatic: true, Uid: { } mirrorUid } mirror && mirror.IsFor(uid) ? mirrorUid
            : uid;
        for (var tries = 1; ; tries++)
        {
            try
            {
                await SendPatchAsync(pod, precondition, status, cancel);
                return;
            }
            catch (KubernetesException e) when (IsConflict(e) && tries < MaxTries)
            {
                // Either somebody wrote at the same time, or this is another pod: only the pod itself tells.
                var meant = await MeantUidAsync(pod, uid, cancel);
                if (meant == precondition && e.Status == Invalid)
                    throw; // it was not the UID that the server did not like
                precondition = meant;
                await Task.Delay(ConflictWait * tries, _time, cancel);
            }
            catch (KubernetesException e) when (IsConflict(e))
            {
                throw new KubernetesException(
                    $"cannot write the network-status of pod {pod}: {MaxTries} tries met other writers: {e.Message}",
                    isTransient: true,
                    e
                )
                {
                    Status = e.Status,
                };
            }
        }
    }

    private async Task SendPatchAsync(PodKey pod, string? uid, StatusValue status, CancellationToken cancel)
    {
        var request = new ApiRequest("patch", "pods/status", StatusPath(pod))
        {
            Namespace = pod.Namespace,
            Name = pod.Name,
            Body = new V1Patch(StatusBodies.Patch(uid, status), V1Patch.PatchType.MergePatch),
            Accept = ApiRequest.MetadataOnly,
        };
        await _transport.SendAsync(request, Bodies.DrainAsync, cancel);
    }

    private async Task ReadAndPutAsync(PodKey pod, string? uid, StatusValue status, CancellationToken cancel)
    {
        var get = new ApiRequest("get", "pods", _pods.ObjectPath(pod.Namespace, pod.Name))
        {
            Namespace = pod.Namespace,
            Name = pod.Name,
        };
        for (var tries = 1; ; tries++)
        {
            var read = await _transport.SendAsync(get, StatusBodies.ReadWholeAsync, cancel);
            using (read)
            {
                RequireMeant(pod, uid, StatusBodies.PodOf(pod, read));
                var put = new ApiRequest("update", "pods/status", StatusPath(pod))
                {
                    Namespace = pod.Namespace,
                    Name = pod.Name,
                    Body = new RawJson(StatusBodies.WithStatus(read, status)),
                    Accept = ApiRequest.MetadataOnly,
                };
                try
                {
                    await _transport.SendAsync(put, Bodies.DrainAsync, cancel);
                    return;
                }
                catch (KubernetesException e) when (e.Status == Conflict)
                {
                    if (tries == MaxTries)
                        throw;
                }
            }

            await Task.Delay(ConflictWait * tries, _time, cancel);
        }
    }

    /// <summary>The precondition to write with; <c>null</c> when any pod of the name is meant.</summary>
    private async Task<string?> MeantUidAsync(PodKey pod, string? uid, CancellationToken cancel)
    {
        var found =
            await _transport.GetAsync(_pods, pod.Namespace, pod.Name, cancel)
            ?? throw new KubernetesException($"pod {pod} does not exist", isTransient: false)
            {
                Status = NotFound,
                IsNoSuchObject = true,
            };
        RequireMeant(pod, uid, found);
        return string.IsNullOrEmpty(uid) ? null : found.Uid;
    }

    private static void RequireMeant(PodKey pod, string? uid, Pod found)
    {
        if (!found.IsFor(uid))
        {
            throw new KubernetesException(
                $"cannot write the network-status of pod {pod}: expected pod UID \"{uid}\" but got "
                    + $"\"{found.RuntimeUid}\" from the API server, this is another pod",
                isTransient: false
            );
        }
    }

    /// <summary>
    /// Kubernetes calls a patch with another UID invalid, since a UID cannot be changed; an update, a conflict.
    /// </summary>
    private static bool IsConflict(KubernetesException e) => e.Status is Conflict or Invalid;

    private string StatusPath(PodKey pod) => $"{_pods.ObjectPath(pod.Namespace, pod.Name)}/status";

    private bool IsPatchForbidden()
    {
        lock (_gate)
            return _forbiddenAt is { } at && _time.GetElapsedTime(at) < _forbiddenFor;
    }

    private void RememberForbidden(KubernetesException e)
    {
        lock (_gate)
            _forbiddenAt = _time.GetTimestamp();
        ApiLog.PatchForbidden(_log, _forbiddenFor, e.Message);
    }
}
