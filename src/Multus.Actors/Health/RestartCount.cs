using System.Collections.Concurrent;

namespace Multus.Actors.Health;

/// <summary>How often actors of each kind were started anew after a crash. Outlives all of them. Any thread.</summary>
public sealed class RestartCount
{
    private readonly ConcurrentDictionary<string, long> _restarts = new(StringComparer.Ordinal);

    /// <param name="actor">The kind: <see cref="ActorKind"/>.</param>
    public long Of(string actor) => _restarts.GetValueOrDefault(actor);

    /// <summary>The kinds that were started anew.</summary>
    public ICollection<string> Actors => _restarts.Keys;

    internal void Count(string actor) => _restarts.AddOrUpdate(actor, 1, static (_, restarts) => restarts + 1);
}
