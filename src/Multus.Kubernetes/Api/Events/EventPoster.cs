using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Multus.Core.Pods;
using Multus.Kubernetes.Api.Transport;

namespace Multus.Kubernetes.Api.Events;

/// <summary>Creates events of the core group, which every tool reads, under upstream's component name.</summary>
internal sealed class EventPoster(ApiTransport transport, string nodeName)
{
    private const string Component = "multus";
    private const int MaxMessageCharacters = 1024;
    private const int MaxNameCharacters = 253;

    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private long _last; // distinguishes events of one moment

    /// <exception cref="KubernetesException">It is not stored, or nobody knows.</exception>
    public async Task PostAsync(ClusterEvent happened, CancellationToken cancel)
    {
        if (!KubernetesNames.IsLabel(happened.Pod.Namespace) || !KubernetesNames.IsSubdomain(happened.Pod.Name))
            throw new KubernetesException($"cannot create an event for pod {happened.Pod}: no pod can have that name", isTransient: false);
        var request = new ApiRequest("create", "events", $"/api/v1/namespaces/{happened.Pod.Namespace}/events")
        {
            Namespace = happened.Pod.Namespace, Body = BodyOf(happened, NameFor(happened)), Accept = ApiRequest.MetadataOnly, IsRepeatable = false,
        };
        await transport.SendAsync(request, Bodies.DrainAsync, cancel);
    }

    /// <summary>As client-go names them: the pod and a time in hexadecimal, here one that is never the same twice.</summary>
    private string NameFor(ClusterEvent happened)
    {
        var nanoseconds = (happened.Last - DateTimeOffset.UnixEpoch).Ticks * 100;
        long before, mine;
        do
        {
            before = Interlocked.Read(ref _last);
            mine = Math.Max(nanoseconds, before + 1);
        }
        while (Interlocked.CompareExchange(ref _last, mine, before) != before);

        var suffix = $".{mine.ToString("x", CultureInfo.InvariantCulture)}";
        var pod = happened.Pod.Name;
        return (pod.Length + suffix.Length <= MaxNameCharacters ? pod : pod[..(MaxNameCharacters - suffix.Length)].TrimEnd('.', '-')) + suffix;
    }

    private ReadOnlyMemory<byte> BodyOf(ClusterEvent happened, string name)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Writing))
        {
            json.WriteStartObject();
            json.WriteString("apiVersion", "v1");
            json.WriteString("kind", "Event");
            json.WriteStartObject("metadata");
            json.WriteString("name", name);
            json.WriteString("namespace", happened.Pod.Namespace);
            json.WriteEndObject();
            WritePod(json, happened);
            WriteStory(json, happened);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static void WritePod(Utf8JsonWriter json, ClusterEvent happened)
    {
        json.WriteStartObject("involvedObject");
        json.WriteString("kind", "Pod");
        json.WriteString("apiVersion", "v1");
        json.WriteString("namespace", happened.Pod.Namespace);
        json.WriteString("name", happened.Pod.Name);
        if (!string.IsNullOrEmpty(happened.PodUid))
            json.WriteString("uid", happened.PodUid);
        json.WriteEndObject();
    }

    private void WriteStory(Utf8JsonWriter json, ClusterEvent happened)
    {
        json.WriteString("reason", happened.Reason);
        json.WriteString("message", happened.Message.Length <= MaxMessageCharacters ? happened.Message : $"{happened.Message[..(MaxMessageCharacters - 1)]}…");
        json.WriteString("type", happened.IsWarning ? "Warning" : "Normal");
        json.WriteStartObject("source");
        json.WriteString("component", Component);
        json.WriteString("host", nodeName);
        json.WriteEndObject();
        json.WriteString("reportingComponent", Component);
        json.WriteString("reportingInstance", nodeName);
        json.WriteString("firstTimestamp", TimeText(happened.First));
        json.WriteString("lastTimestamp", TimeText(happened.Last));
        json.WriteNumber("count", happened.Count);
    }

    private static string TimeText(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
