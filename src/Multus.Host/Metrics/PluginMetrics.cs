using System.Collections.Concurrent;
using Multus.Cni;
using Multus.Engine.Ports;
using Prometheus;

namespace Multus.Host.Metrics;

/// <summary>
/// Runs of plugins, by type and verb. Whoever may write a NetworkAttachmentDefinition names types, so that only so many
/// have a name of their own; the rest is <see cref="Other"/>. Most of the places are for types that have worked once.
/// </summary>
internal sealed class PluginMetrics(Instruments instruments)
{
    /// <summary>What all types are called for which there was no place.</summary>
    public const string Other = "other";

    /// <summary>How many pairs of type and verb have a name of their own.</summary>
    public const int MostPairs = 20;

    /// <summary>How many of them may be of types that have only failed so far.</summary>
    public const int MostFailing = 5;

    private const int LongestType = 63;

    private static readonly double[] Buckets = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30];

    private readonly Durations _took = instruments.Durations(
        "multus_plugin_seconds",
        "Runs of plugins, the wait for a slot included",
        Buckets,
        "type",
        "verb"
    );

    private readonly Counter _failures = instruments.Counter(
        "multus_plugin_run_failures_total",
        "Runs of plugins that failed",
        "type",
        "verb"
    );

    private readonly ConcurrentDictionary<(string Type, CniCommand Verb), Pair> _pairs = new();
    private readonly Lock _one = new();
    private int _named;

    public void Ended(PluginRun plugin, TimeSpan took, bool hasFailed)
    {
        var pair = Find(plugin, hasFailed);
        pair.Took.Observe(took);
        if (hasFailed)
            pair.Failures.Inc();
    }

    private Pair Find(PluginRun plugin, bool hasFailed)
    {
        if (_pairs.TryGetValue((plugin.Type, plugin.Verb), out var known))
            return known;
        lock (_one)
        {
            if (plugin.Type.Length > LongestType || _named >= (hasFailed ? MostFailing : MostPairs))
                return _pairs.GetOrAdd((Other, plugin.Verb), Make, this);
            _named++;
            return _pairs.GetOrAdd((plugin.Type, plugin.Verb), Make, this);
        }
    }

    private static Pair Make((string Type, CniCommand Verb) of, PluginMetrics all) =>
        new(all._took.Of(of.Type, of.Verb.ToWire()), all._failures.WithLabels(of.Type, of.Verb.ToWire()));

    private sealed record Pair(Durations.Series Took, Counter.Child Failures);
}
