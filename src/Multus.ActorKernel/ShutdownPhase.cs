using Multus.ActorKernel.Configuration;

namespace Multus.ActorKernel;

/// <summary>A phase of <c>akka.coordinated-shutdown.phases</c>.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Timeout">How long its tasks may take together.</param>
/// <param name="Recover">Go on with the next phase when a task fails or the time is up.</param>
/// <param name="DependsOn">The phases that come before.</param>
internal sealed record ShutdownPhase(string Name, TimeSpan Timeout, bool Recover, IReadOnlyList<string> DependsOn)
{
    /// <exception cref="ConfigurationException">The phases depend on each other in a circle.</exception>
    public static IReadOnlyList<ShutdownPhase> InOrder(Config config)
    {
        var defaultTimeout = config.GetTimeSpan("default-phase-timeout", allowInfinite: false);
        var phases = config.GetConfig("phases")!;
        var byName = phases.Keys.ToDictionary(name => name, name => Read(name, phases, defaultTimeout));
        List<ShutdownPhase> ordered = [];
        HashSet<string> visiting = [];
        foreach (var name in byName.Keys)
            Visit(name, byName, ordered, visiting);
        return ordered;
    }

    private static ShutdownPhase Read(string name, Config phases, TimeSpan defaultTimeout)
    {
        var key = $"\"{name}\"";
        return new ShutdownPhase(
            name,
            phases.GetTimeSpan($"{key}.timeout", defaultTimeout, allowInfinite: false),
            phases.GetBoolean($"{key}.recover", true),
            [.. phases.GetStringList($"{key}.depends-on", [])]);
    }

    private static void Visit(string name, Dictionary<string, ShutdownPhase> byName, List<ShutdownPhase> ordered, HashSet<string> visiting)
    {
        if (!byName.TryGetValue(name, out var phase) || ordered.Contains(phase))
            return;

        if (!visiting.Add(name))
            throw new ConfigurationException($"akka.coordinated-shutdown.phases depend on each other in a circle that includes {name}");

        foreach (var before in phase.DependsOn)
            Visit(before, byName, ordered, visiting);
        visiting.Remove(name);
        ordered.Add(phase);
    }
}
