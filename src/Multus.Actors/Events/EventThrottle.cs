using Multus.Core.Pods;

namespace Multus.Actors.Events;

/// <summary>
/// Which of a pod's failures become an event: the first of each kind, of ten kinds in an hour, and its tenth and
/// hundredth time, three such repeats in an hour, whatever happens. An hour is how long a cluster keeps events.
/// </summary>
/// <remarks>
/// No clock, no actor types; one actor owns it. Remembers so many pods; the one it has known for longest makes room.
/// </remarks>
internal sealed class EventThrottle(int maxPods)
{
    public const int MaxKinds = 10;
    public const int MaxRepeats = 3;
    public static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly Dictionary<(PodKey Pod, string Uid), Story> _stories = [];

    public int Pods => _stories.Count;

    /// <summary>It happened once more.</summary>
    /// <returns>Since when and how often, when that is to be said; null when it is not.</returns>
    public (DateTimeOffset First, int Count)? Note(PodKey pod, string uid, string kind, DateTimeOffset now)
    {
        var story = StoryOf((pod, uid), now);
        if (!story.Kinds.TryGetValue(kind, out var seen))
        {
            if (story.Kinds.Count == MaxKinds)
                return null; // nor remembered: texts that never repeat would fill the memory

            story.Kinds.Add(kind, new Repeats(now));
            return (now, 1);
        }

        seen.Count++;
        if (story.RepeatsSaid == MaxRepeats || !IsPowerOfTen(seen.Count))
            return null;

        story.RepeatsSaid++;
        return (seen.First, seen.Count);
    }

    /// <summary>The pod is well: its next failure is a new one.</summary>
    public void Forget(PodKey pod, string uid) => _stories.Remove((pod, uid));

    private Story StoryOf((PodKey, string) pod, DateTimeOffset now)
    {
        if (_stories.TryGetValue(pod, out var known) && now - known.Since < Hour)
            return known;

        if (known is null && _stories.Count >= maxPods)
            _stories.Remove(
                _stories.Values.Aggregate((oldest, story) => story.Since < oldest.Since ? story : oldest).Pod
            );
        return _stories[pod] = new Story(pod, now);
    }

    private static bool IsPowerOfTen(int count)
    {
        while (count % 10 == 0)
            count /= 10;
        return count == 1;
    }

    private sealed class Story((PodKey, string) pod, DateTimeOffset since)
    {
        public (PodKey, string) Pod { get; } = pod;

        public DateTimeOffset Since { get; } = since;

        public int RepeatsSaid { get; set; }

        public Dictionary<string, Repeats> Kinds { get; } = new(StringComparer.Ordinal);
    }

    private sealed class Repeats(DateTimeOffset first)
    {
        public DateTimeOffset First { get; } = first;

        public int Count { get; set; } = 1;
    }
}
