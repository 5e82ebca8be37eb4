using System.Collections.Immutable;
using System.Text;
using Multus.Cni;
using Multus.Core;
using Multus.Core.Networks;
using Multus.Ctl.Clusters;
using Multus.Kubernetes;

namespace Multus.Ctl.Serving;

/// <summary>
/// The annotation by which a network says what a node thinks of it. Each node has one of its own, so that nodes do not
/// write over one another.
/// </summary>
internal static class ServingAnnotation
{
    public const string Prefix = "nodes.multus.cni/";
    private const int LongestName = 63; // of an annotation, behind its prefix

    public static string KeyOf(string node) =>
        Prefix + (node.Length <= LongestName ? node : $"{node[..(LongestName - 17)]}-{StableHash.Of(node)}");

    public static string ValueOf(string node, NetworkVerdict verdict) =>
        Encoding.UTF8.GetString(
            CniJson.Write(json =>
            {
                json.WriteStartObject();
                json.WriteString("node", node);
                json.WriteBoolean("serves", verdict.CanServe);
                json.WriteStartArray("problems");
                foreach (var problem in verdict.Problems)
                    json.WriteStringValue($"{problem.Message}; {problem.Remedy}");
                json.WriteEndArray();
                json.WriteEndObject();
            })
        );

    /// <returns>How many have it now, and what was refused.</returns>
    public static async Task<Publication> PublishAsync(
        ClusterSight cluster,
        string node,
        IEnumerable<NetworkVerdict> verdicts,
        CancellationToken cancel
    )
    {
        if (cluster.Api is not { } api)
            return new Publication(0, [$"there is no API server to write to: {cluster.Description} are the cluster"]);
        var written = 0;
        var failed = ImmutableArray.CreateBuilder<string>();
        foreach (var verdict in verdicts)
        {
            var parts = verdict.Network.Split('/');
            try
            {
                await api.AnnotateNetworkAsync(
                    new NetworkKey(parts[0], parts[1]),
                    KeyOf(node),
                    ValueOf(node, verdict),
                    cancel
                );
                written++;
            }
            catch (KubernetesException e)
            {
                failed.Add($"{verdict.Network}: {e.Message}");
            }
        }

        return new Publication(written, failed.ToImmutable());
    }
}

/// <param name="Written">How many networks say it now.</param>
/// <param name="Failed">What was refused, with why.</param>
internal sealed record Publication(int Written, ImmutableArray<string> Failed);
