using Multus.Kubernetes;

namespace Multus.Actors.Cluster;

/// <summary>
/// Says once that the cluster does not answer, and once that it does again, for all who ask it something: what fails in
/// between for that reason is no news.
/// </summary>
/// <remarks>
/// Several actors use one at once, and none waits for another's message: the first to notice is the one who says it.
/// Hence a lock.
/// </remarks>
public sealed class ClusterTrouble(string source, TimeProvider time, ILogger log)
{
    /// <summary>One failure among requests that succeed is not said each time.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new(); // guards all below
    private long? _began;
    private long? _ended; // the last one that was said
    private bool _isSaid;
    private long _failures;

    /// <summary>Whether the cluster does not answer at the moment.</summary>
    public bool IsOn
    {
        get
        {
            lock (_gate)
                return _began is not null;
        }
    }

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
        lock (_gate)
        {
            _began ??= time.GetTimestamp();
            _failures++;
            if (_isSaid || (_ended is { } ended && time.GetElapsedTime(ended) < Pause))
                return;
            _isSaid = true;
        }

        ClusterLog.NoAnswer(log, source, reason);
    }

    /// <summary>The cluster has answered.</summary>
    public void Answered()
    {
        TimeSpan lasted;
        long failures;
        lock (_gate)
        {
            if (_began is not { } began)
                return;
            var now = time.GetTimestamp();
            (lasted, failures) = (time.GetElapsedTime(began, now), _failures);
            (_began, _failures) = (null, 0);
            if (!_isSaid)
                return;
            (_isSaid, _ended) = (false, now);
        }

        ClusterLog.AnswersAgain(log, source, lasted.TotalSeconds, failures);
    }
}
