using Multus.Kubernetes.Api.Json;

namespace Multus.Kubernetes.Api.Resources;

/// <summary>Reads one page of a list.</summary>
internal sealed class ListPage<T> : ObjectTokens
    where T : class
{
    private readonly Func<ObjectDraft, T> _decode;
    private readonly List<T> _items = [];

    private ListPage(Func<ObjectDraft, T> decode)
        : base(Place.List) => _decode = decode;

    public IReadOnlyList<T> Items => _items;

    /// <summary>The version of the whole list, the same on every page.</summary>
    public string Version =>
        ListVersion ?? throw new InvalidDataException("the answer is a list without metadata.resourceVersion");

    /// <summary>Asks for the next page; <c>null</c>: this is the last.</summary>
    public string? Continue => ListContinue;

    public static async Task<ListPage<T>> ReadAsync(Stream body, Func<ObjectDraft, T> decode, CancellationToken cancel)
    {
        var page = new ListPage<T>(decode);
        await JsonFeed.ReadAsync(body, page, cancel);
        return page;
    }

    protected override void OnObject() => _items.Add(_decode(Draft));
}
