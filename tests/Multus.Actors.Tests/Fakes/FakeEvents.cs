using System.Collections.Concurrent;
using Multus.Kubernetes;

namespace Multus.Actors.Tests.Fakes;

/// <summary>A place for events; each post waits for the test, which says how it ends.</summary>
internal sealed class FakeEvents : IClusterEvents
{
    private readonly BlockingCollection<Post> _posts = [];

    public bool HasMore => _posts.Count > 0;

    public Post Next() =>
        _posts.TryTake(out var post, Patience) ? post : throw new TimeoutException("nothing was posted");

    public Task PostAsync(ClusterEvent happened, CancellationToken cancel)
    {
        var post = new Post(happened, cancel);
        _posts.Add(post, CancellationToken.None);
        return post.Task;
    }

    internal sealed class Post
    {
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Post(ClusterEvent happened, CancellationToken cancel)
        {
            Happened = happened;
            Task = _end.Task.WaitAsync(cancel);
        }

        public ClusterEvent Happened { get; }

        public Task Task { get; }

        public void Succeed() => _end.SetResult();

        public void Fail(Exception failure) => _end.SetException(failure);
    }
}
