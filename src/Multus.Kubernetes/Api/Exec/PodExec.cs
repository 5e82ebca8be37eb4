using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Multus.Kubernetes.Api.Configuration;
using Multus.Kubernetes.Api.Transport;

namespace Multus.Kubernetes.Api.Exec;

/// <summary>Finds the pods of a DaemonSet, and executes commands in them, as <c>kubectl exec</c> does.</summary>
public sealed class PodExec : IDisposable
{
    private const int PageSize = 250; // a pod has some ten kilobytes

    private readonly ApiTransport _transport;

    /// <param name="environment">The value of a variable, <c>null</c> when it is not set: for the proxy
    /// settings.</param>
    /// <exception cref="ApiConfigurationException">The access cannot be used as it is.</exception>
    public PodExec(
        ApiAccess access,
        ApiClusterSettings settings,
        IExecPluginRunner? runner,
        Func<string, string?> environment,
        TimeProvider time,
        ILogger log
    )
    {
        ArgumentNullException.ThrowIfNull(access);
        ArgumentNullException.ThrowIfNull(settings);
        _transport = new ApiTransport(access, settings, runner, environment, time, log);
    }

    /// <summary>The pods with these labels, sorted by node.</summary>
    /// <param name="selector">A label selector.</param>
    /// <param name="node">Of this node alone; empty: of all.</param>
    /// <exception cref="KubernetesException">They could not be listed.</exception>
    public async Task<ImmutableArray<DaemonPod>> FindAsync(string selector, string node, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(node);
        var fields = node.Length == 0 ? "" : $"&fieldSelector={Uri.EscapeDataString($"spec.nodeName={node}")}";
        var pods = ImmutableArray.CreateBuilder<DaemonPod>();
        var next = "";
        do
        {
            var request = new ApiRequest(
                "list",
                "pods",
                $"/api/v1/pods?labelSelector={Uri.EscapeDataString(selector)}{fields}&limit={PageSize}{next}"
            );
            using var page = await _transport
                .SendAsync(request, (body, token) => JsonDocument.ParseAsync(body, cancellationToken: token), cancel)
                .ConfigureAwait(false);
            if (page.RootElement.TryGetProperty("items", out var items) && items.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in items.EnumerateArray())
                    pods.Add(PodOf(item));
            }

            var more = Text(page.RootElement, "metadata", "continue");
            next = more.Length == 0 ? "" : $"&continue={Uri.EscapeDataString(more)}";
        } while (next.Length > 0);

        pods.Sort(static (one, other) => string.CompareOrdinal(one.Node, other.Node));
        return pods.ToImmutable();
    }

    /// <summary>Runs a command in the pod's only container, or its default one, and waits for its end.</summary>
    /// <exception cref="KubernetesException">It could not be run, or nobody knows how it ended.</exception>
    public async Task<ExecResult> RunAsync(DaemonPod pod, IEnumerable<string> command, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(pod);
        var words = string.Concat(command.Select(word => $"&command={Uri.EscapeDataString(word)}"));
        var request = new ApiRequest(
            "get",
            "pods/exec",
            $"/api/v1/namespaces/{pod.Namespace}/pods/{pod.Name}/exec?stdout=true&stderr=true{words}"
        )
        {
            Namespace = pod.Namespace,
            Name = pod.Name,
        };
        return await _transport
            .ConverseAsync(
                request,
                ExecChannels.Protocols,
                (socket, token) => ExecChannels.ReadAsync(socket, $"the command in pod {pod.Name}", token),
                cancel
            )
            .ConfigureAwait(false);
    }

    public void Dispose() => _transport.Dispose();

    private static DaemonPod PodOf(JsonElement item) =>
        new(
            Text(item, "metadata", "namespace"),
            Text(item, "metadata", "name"),
            Text(item, "spec", "nodeName"),
            Text(item, "status", "phase") == "Running"
        );

    private static string Text(JsonElement of, string part, string member) =>
        of.TryGetProperty(part, out var parts) && parts.TryGetProperty(member, out var value)
            ? value.GetString() ?? ""
            : "";
}
