namespace Multus.Host.Page;

/// <summary>
/// Tells all who watch what has changed, twice a second at most, as server-sent events. It is put together once for all
/// of them. While nobody watches nothing runs, and nothing is kept.
/// </summary>
/// <param name="sources">What there is to see.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Says why it ended before its watchers did.</param>
internal sealed class LiveFeed(PageSources sources, TimeProvider time, ILogger log)
{
    /// <summary>How often watchers are told at most.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);
    private static readonly byte[] Alive = ":\n\n"u8.ToArray(); // a comment: finds out who is gone

    private readonly Lock _gate = new();
    private Run? _run;

    /// <summary>Ends when <paramref name="cancel"/> says so, or with the daemon.</summary>
    /// <param name="write">Takes whole events.</param>
    /// <param name="cancel">The watcher has gone.</param>
    public async Task FollowAsync(Func<ReadOnlyMemory<byte>, CancellationToken, Task> write, CancellationToken cancel)
    {
        var run = Join();
        try
        {
            var seen = new long[NodeWatch.TopicCount];
            while (true)
            {
                var next = run.Next;
                foreach (var said in run.NewerThan(seen))
                    await write(said, cancel);
                try
                {
                    await next.WaitAsync(KeepAlive, time, cancel);
                }
                catch (TimeoutException)
                {
                    await write(Alive, cancel);
                }
            }
        }
        finally
        {
            Leave(run);
        }
    }

    private Run Join()
    {
        lock (_gate)
        {
            if (_run is null)
            {
                _run = new Run();
                _ = RunAsync(_run);
            }

            _run.Watchers++;
            return _run;
        }
    }

    private void Leave(Run run)
    {
        lock (_gate)
            run.Watchers--;
    }

    private bool IsOver(Run run)
    {
        lock (_gate)
        {
            if (run.Watchers > 0)
                return false;
            _run = null;
            return true;
        }
    }

    private async Task RunAsync(Run run)
    {
        try
        {
            await Task.Yield(); // whoever came first does not wait for it under the lock
            using var view = new NodeWatch(sources);
            using var timer = new PeriodicTimer(Interval, time);
            do
            {
                if (await view.RefreshAsync())
                    run.Tell(view);
                await timer.WaitForNextTickAsync();
            } while (!IsOver(run));
        }
        catch (Exception e)
        {
            HostLog.FeedCrashed(log, e);
            lock (_gate)
                _run = _run == run ? null : _run;
            run.Crash(new IOException($"the daemon cannot say what changes: {e.Message}", e));
        }
    }

    /// <summary>From the first watcher to the last.</summary>
    private sealed class Run
    {
        private readonly Lock _gate = new();
        private readonly (long Version, ReadOnlyMemory<byte> Event)[] _topics = new (long, ReadOnlyMemory<byte>)[
            NodeWatch.TopicCount
        ];
        private TaskCompletionSource _next = NewSignal();

        public int Watchers { get; set; }

        /// <summary>Ends when there is more to say.</summary>
        public Task Next
        {
            get
            {
                lock (_gate)
                    return _next.Task;
            }
        }

        public void Tell(NodeWatch view)
        {
            TaskCompletionSource told;
            lock (_gate)
            {
                for (var topic = 0; topic < _topics.Length; topic++)
                    _topics[topic] = (view.Topics[topic].Version, view.Topics[topic].Event);
                (told, _next) = (_next, NewSignal());
            }

            told.SetResult();
        }

        public void Crash(Exception why)
        {
            lock (_gate)
                _next.TrySetException(why);
        }

        /// <param name="seen">The versions that the watcher has; those of now, afterwards.</param>
        public List<ReadOnlyMemory<byte>> NewerThan(long[] seen)
        {
            var newer = new List<ReadOnlyMemory<byte>>(_topics.Length);
            lock (_gate)
            {
                for (var topic = 0; topic < _topics.Length; topic++)
                {
                    var (version, said) = _topics[topic];
                    if (version == seen[topic])
                        continue;
                    newer.Add(said);
                    seen[topic] = version;
                }
            }

            return newer;
        }

        private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
