using Multus.Kubernetes;

namespace Multus.Actors.Cluster;

/// <summary>
/// Says once that the cluster does not answer, and once that it does again, for all who ask it something: what fails in
/// between for that reason is no news.
/// </summary>
/// <remarks>
/// Several actors use one at once, and none waits for another: all that is known is one immutable value, which each
/// exchanges for the next, and the first to notice is the one who says it.
/// </remarks>
public sealed class ClusterTrouble(string source, TimeProvider time, ILogger log)
{
    /// <summary>One failure among requests that succeed is not said each time.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private Known _known = new(); // exchanged, never changed

    /// <summary>Whether the cluster does not answer at the moment.</summary>
    public bool IsOn => Volatile.Read(ref _known).Began is not null;

    /// <summary>
    /// Takes note of a failure. True when it is the cluster that does not answer: then its sender has nothing to say
    /// about it.
    /// </summary>
    public bool Covers(Exception crash)
    {
        if (crash is KubernetesException { IsOutage: true })
        {
            Note(crash.Message);
            return true;
        }

        if (crash is KubernetesException { Status: not null })
            Answered(); // whatever the answer was
        return false;
    }

    /// <summary>The cluster does not answer, as whoever follows it says.</summary>
    public void Note(string reason)
    {
        Known known;
        bool isNews;
        do
        {
            known = Volatile.Read(ref _known);
            isNews = !known.IsSaid && !(known.Ended is { } ended && time.GetElapsedTime(ended) < Pause);
        } while (!TryExchange(known, known.Failed(time.GetTimestamp(), isNews)));

        if (isNews)
            ClusterLog.NoAnswer(log, source, reason);
    }

    /// <summary>The cluster has answered.</summary>
    public void Answered()
    {
        Known known;
        long now;
        do
        {
            known = Volatile.Read(ref _known);
            if (known.Began is null)
                return;
            now = time.GetTimestamp();
        } while (!TryExchange(known, new Known { Ended = known.IsSaid ? now : known.Ended }));

        if (known is { IsSaid: true, Began: { } began })
            ClusterLog.AnswersAgain(log, source, time.GetElapsedTime(began, now).TotalSeconds, known.Failures);
    }

    private bool TryExchange(Known known, Known next) =>
        ReferenceEquals(Interlocked.CompareExchange(ref _known, next, known), known);

    private sealed record Known
    {
        /// <summary>When the first failed that no answer has followed.</summary>
        public long? Began { get; init; }

        /// <summary>When the last ended that was said.</summary>
        public long? Ended { get; init; }

        public bool IsSaid { get; init; }

        public long Failures { get; init; }

        public Known Failed(long now, bool isNews) =>
            this with
            {
                Began = Began ?? now,
                IsSaid = IsSaid || isNews,
                Failures = Failures + 1,
            };
    }
}
