using Multus.Kubernetes.Api.Json;
using Multus.Kubernetes.Api.Resources;
using Multus.Kubernetes.Api.Transport;

namespace Multus.Kubernetes.Api.Watching;

/// <summary>Reads the events of one watch and hands them on as they come.</summary>
/// <param name="from">The version at which it begins.</param>
internal sealed class WatchEvents<TKey, TObject>(
    ApiResource<TKey, TObject> resource,
    IWatchObserver<TKey, TObject> observer,
    ApiRequest request,
    string server,
    string from
) : ObjectTokens(Place.Event)
    where TKey : notnull
    where TObject : class
{
    /// <summary>Of the last event; where the next watch goes on.</summary>
    public string Version { get; private set; } = from;

    /// <summary>Bookmarks counted.</summary>
    public int Count { get; private set; }

    protected override void OnObject()
    {
        switch (EventType)
        {
            case "ADDED" or "MODIFIED":
                observer.Changed(resource.Decode(Draft));
                break;
            case "DELETED":
                observer.Gone(resource.KeyOf(resource.Decode(Draft)));
                break;
            case "ERROR":
                var retryAfter = Draft.RetryAfterSeconds is { } seconds
                    ? TimeSpan.FromSeconds(seconds)
                    : (TimeSpan?)null;
                throw ApiErrors.Of(request, Draft.Code ?? 500, Draft.Message, retryAfter, server);
        }

        Count++;
        Version = Draft.ResourceVersion ?? Version;
    }
}
