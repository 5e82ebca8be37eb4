using System.Collections.Immutable;
using Multus.Cni;

namespace Multus.Engine.Activity;

/// <summary>
/// How many operations ended in the last hour, and how long the ADDs took: a ring of stretches of ten seconds, of one
/// size for good. Nothing is done but when an operation ends or somebody looks. Any thread.
/// </summary>
public sealed class LastHour
{
    /// <summary>How long a stretch is.</summary>
    public static readonly TimeSpan Stretch = TimeSpan.FromSeconds(10);

    /// <summary>How many there are.</summary>
    public const int Stretches = 360;

    // Upper bounds in milliseconds; what takes longer is between the last of them and the longest.
    private static readonly int[] Bounds = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000];

    private readonly TimeProvider _time;
    private readonly long _from;
    private readonly Lock _gate = new();
    private readonly Counts[] _ring = new Counts[Stretches];
    private readonly int[] _durations = new int[Stretches * (Bounds.Length + 1)];
    private long _ended;

    public LastHour(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        (_time, _from) = (time, time.GetTimestamp());
        Array.Fill(_ring, new Counts { Number = -1 });
    }

    /// <summary>The stretch of now, counted from the beginning of the process.</summary>
    public long Now => _time.GetElapsedTime(_from).Ticks / Stretch.Ticks;

    /// <summary>How many operations have ended since the beginning.</summary>
    public long Ended => Interlocked.Read(ref _ended);

    /// <summary>Counts an operation that has ended; other verbs than ADD and DEL are left out.</summary>
    public void Count(CniCommand verb, TimeSpan took, bool failed)
    {
        if (verb is not (CniCommand.Add or CniCommand.Del))
            return;
        lock (_gate)
        {
            var now = Now;
            var place = (int)(now % Stretches);
            if (_ring[place].Number != now)
            {
                _ring[place] = new Counts { Number = now };
                DurationsOf(place).Clear();
            }

            _ring[place].Count(verb, took, failed);
            if (verb == CniCommand.Add)
                DurationsOf(place)[BoundOf(took.TotalMilliseconds)]++;
        }

        Interlocked.Increment(ref _ended);
    }

    /// <summary>The stretches in which something ended, the oldest first.</summary>
    public ImmutableArray<HourStretch> Snapshot()
    {
        var stretches = ImmutableArray.CreateBuilder<HourStretch>();
        lock (_gate)
        {
            var now = Now;
            for (var number = Math.Max(0, now - Stretches + 1); number <= now; number++)
            {
                var place = (int)(number % Stretches);
                if (_ring[place].Number == number)
                    stretches.Add(StretchOf(_ring[place], DurationsOf(place)));
            }
        }

        return stretches.ToImmutable();
    }

    private static HourStretch StretchOf(Counts of, ReadOnlySpan<int> durations) =>
        new(of.Number, of.Added, of.AddsFailed, of.Deleted, of.DeletesFailed)
        {
            Median = Quantile(durations, of.Longest, 0.5),
            P95 = Quantile(durations, of.Longest, 0.95),
            Longest = of.Longest,
        };

    private Span<int> DurationsOf(int place) => _durations.AsSpan(place * (Bounds.Length + 1), Bounds.Length + 1);

    private static int BoundOf(double milliseconds)
    {
        var bound = 0;
        while (bound < Bounds.Length && milliseconds > Bounds[bound])
            bound++;
        return bound;
    }

    // As far between the bounds as the wanted one stands among those that are between them.
    private static double Quantile(ReadOnlySpan<int> durations, double longest, double share)
    {
        var all = 0;
        foreach (var count in durations)
            all += count;
        var rest = all * share;
        for (var bound = 0; bound < durations.Length; bound++)
        {
            if (durations[bound] > 0 && rest <= durations[bound])
            {
                var low = bound == 0 ? 0 : Bounds[bound - 1];
                var high = bound < Bounds.Length ? Math.Min(Bounds[bound], longest) : longest;
                return low + ((high - low) * rest / durations[bound]);
            }

            rest -= durations[bound];
        }

        return 0;
    }

    private struct Counts
    {
        public long Number;
        public int Added;
        public int AddsFailed;
        public int Deleted;
        public int DeletesFailed;
        public double Longest;

        public void Count(CniCommand verb, TimeSpan took, bool failed)
        {
            if (verb == CniCommand.Add)
                Longest = Math.Max(Longest, took.TotalMilliseconds);
            switch (verb, failed)
            {
                case (CniCommand.Add, false):
                    Added++;
                    break;
                case (CniCommand.Add, true):
                    AddsFailed++;
                    break;
                case (_, false):
                    Deleted++;
                    break;
                default:
                    DeletesFailed++;
                    break;
            }
        }
    }
}
