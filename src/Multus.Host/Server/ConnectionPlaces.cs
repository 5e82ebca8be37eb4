namespace Multus.Host.Server;

/// <summary>
/// At most so many connections are open at once; all others wait where the kernel keeps them. When all places are
/// taken, the client that has kept the daemon waiting for its request longest gives its place up: one whose request is
/// here never does. Any thread.
/// </summary>
/// <param name="count">How many places there are.</param>
/// <param name="courtesy">How long a client may keep the daemon waiting although others want its place.</param>
internal sealed class ConnectionPlaces(int count, TimeSpan courtesy, TimeProvider time)
{
    /// <summary>Shims send all at once, and ask again when they are cut off.</summary>
    public static readonly TimeSpan Courtesy = TimeSpan.FromMilliseconds(250);

    private readonly Lock _one = new();
    private readonly LinkedList<Place> _taken = []; // in the order in which the daemon began to wait for them
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Count => count;

    private TimeProvider Time => time;

    /// <summary>Ends when there is a place. For one caller at a time.</summary>
    public async Task<Place> TakeAsync(CancellationToken cancel)
    {
        while (true)
        {
            Task changed;
            TimeSpan rest;
            Place? late = null;
            lock (_one)
            {
                if (_taken.Count < count)
                    return NewPlace();

                changed = _changed.Task;
                rest = RestOfLongest(ref late);
            }

            late?.GiveUp();
            await WaitAsync(changed, rest, cancel).ConfigureAwait(false);
        }
    }

    private Place NewPlace()
    {
        var place = new Place(this, time.GetTimestamp());
        _taken.AddLast(place.Node);
        return place;
    }

    // How long until somebody has to give its place up; or who has to now. Somebody who was told already only has to be
    // waited for.
    private TimeSpan RestOfLongest(ref Place? late)
    {
        foreach (var place in _taken)
        {
            if (place.IsToldToGo)
                return Timeout.InfiniteTimeSpan;
            if (place.WaitsSince is not { } since)
                continue;

            var rest = courtesy - time.GetElapsedTime(since);
            if (rest > TimeSpan.Zero)
                return rest;

            place.IsToldToGo = true;
            late = place;
            return Timeout.InfiniteTimeSpan;
        }

        return Timeout.InfiniteTimeSpan;
    }

    private async Task WaitAsync(Task changed, TimeSpan rest, CancellationToken cancel)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await Task.WhenAny(changed, Task.Delay(rest, time, enough.Token)).ConfigureAwait(false);
        await enough.CancelAsync().ConfigureAwait(false);
        cancel.ThrowIfCancellationRequested();
    }

    // Under the lock.
    private void Changed()
    {
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>One connection's. Whoever closes the connection disposes of it.</summary>
    internal sealed class Place : IDisposable
    {
        private readonly ConnectionPlaces _places;
        private Action _close = () => { };

        public Place(ConnectionPlaces places, long waitsSince)
        {
            _places = places;
            WaitsSince = waitsSince;
            Node = new LinkedListNode<Place>(this);
        }

        /// <summary>
        /// Since when the daemon waits for its client; null while the client waits for the daemon. Under the lock, as
        /// the next two.
        /// </summary>
        public long? WaitsSince { get; private set; }

        public bool IsToldToGo { get; set; }

        public LinkedListNode<Place> Node { get; }

        /// <summary>Says how its connection is closed at once.</summary>
        public void ClosesBy(Action close)
        {
            lock (_places._one)
                _close = close;
        }

        /// <summary>Its client has done its part, and waits for the daemon from now on.</summary>
        public void ClientWaits()
        {
            lock (_places._one)
                WaitsSince = null;
        }

        /// <summary>The daemon waits for its client from now on.</summary>
        public void DaemonWaits()
        {
            lock (_places._one)
            {
                WaitsSince = _places.Time.GetTimestamp();
                if (Node.List is null)
                    return;

                _places._taken.Remove(Node);
                _places._taken.AddLast(Node);
                _places.Changed();
            }
        }

        public void GiveUp()
        {
            Action close;
            lock (_places._one)
                close = _close;
            close();
        }

        public void Dispose()
        {
            lock (_places._one)
            {
                if (Node.List is null)
                    return;

                _places._taken.Remove(Node);
                _places.Changed();
            }
        }
    }
}
