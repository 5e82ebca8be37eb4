using System.Globalization;
using System.Text.Json;
using Multus.TestCluster.Objects;
using Multus.TestCluster.Selectors;
using Multus.TestCluster.Statuses;

namespace Multus.TestCluster.Requests;

/// <summary>Get and list.</summary>
internal sealed class ReadRequests(ObjectStore objects)
{
    private readonly ListPages _pages = new();

    /// <summary>Tokens handed out so far lead no further: the rest of their lists is answered with 410.</summary>
    public void ExpirePages() => _pages.ExpireAll();

    /// <exception cref="ApiException">404, 406.</exception>
    public static ReadOnlyMemory<byte> Get(ObjectStore objects, ApiTarget target, ObjectForm form) =>
        form.Render(objects.Get(target.Type, target.Namespace, target.Name));

    /// <exception cref="ApiException">400, 406, 410, 504.</exception>
    public ReadOnlyMemory<byte> List(ApiRequest request, ApiTarget target, ObjectForm form)
    {
        var selection = SelectionOf(request, target);
        var page = _pages.Open(target.Type, request.Query("continue"), () => ReadFresh(request, target.Type));
        var limit =
            int.TryParse(request.Query("limit"), CultureInfo.InvariantCulture, out var asked) && asked > 0
                ? asked
                : int.MaxValue;
        var matching = page.Rest.Where(selection.Matches).ToList();
        var shown = matching.Take(limit).ToList();
        var goOn = matching.Count > shown.Count ? _pages.TokenFor(target.Type, page.Snapshot, shown[^1].Key) : null;
        var remaining = IsEverything(request) ? matching.Count - shown.Count : 0; // with a selector the real server does not count
        return Render(target.Type, form, new ListHead(page.Snapshot.Revision, goOn, remaining), shown);
    }

    /// <exception cref="ApiException">400.</exception>
    public static Selection SelectionOf(ApiRequest request, ApiTarget target) =>
        new(
            target.Namespace,
            FieldSelector.Parse(target.Type, request.Query("fieldSelector")),
            LabelSelector.Parse(request.Query("labelSelector"))
        );

    /// <summary>The revision that a query names; <c>null</c> for "" and "0", which leave it to the server.</summary>
    /// <exception cref="ApiException">400.</exception>
    public static long? RevisionOf(ApiRequest request)
    {
        var text = request.Query("resourceVersion");
        if (text is "" or "0")
            return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var revision)
            ? revision
            : throw new ApiException(
                ApiStatus.BadRequest(
                    $"resourceVersion: Invalid value: \"{text}\": strconv.ParseUint: parsing \"{text}\": invalid syntax"
                )
            );
    }

    private static bool IsEverything(ApiRequest request) =>
        request.Query("fieldSelector").Length == 0 && request.Query("labelSelector").Length == 0;

    private Snapshot ReadFresh(ApiRequest request, ResourceType type)
    {
        var snapshot = objects.Read(type);
        if (RevisionOf(request) is not { } asked)
            return snapshot;
        if (asked > snapshot.Revision)
            throw new ApiException(ApiStatus.TooLargeResourceVersion(asked, snapshot.Revision));
        var isGone = request.Query("resourceVersionMatch") == "Exact" && asked != snapshot.Revision;
        return isGone ? throw new ApiException(ApiStatus.TooOldResourceVersion(asked, snapshot.Revision)) : snapshot;
    }

    private static ReadOnlyMemory<byte> Render(
        ResourceType type,
        ObjectForm form,
        ListHead head,
        List<StoredObject> items
    )
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("kind", form.ListKindOf(type));
            json.WriteString("apiVersion", form.ListApiVersionOf(type));
            json.WriteStartObject("metadata");
            json.WriteString("resourceVersion", head.Revision.ToString(CultureInfo.InvariantCulture));
            if (head.Continue is not null)
                json.WriteString("continue", head.Continue);
            if (head.Continue is not null && head.Remaining > 0)
                json.WriteNumber("remainingItemCount", head.Remaining);
            json.WriteEndObject();
            json.WriteStartArray("items");
            foreach (var item in items)
                form.RenderListItem(item, json);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private sealed record ListHead(long Revision, string? Continue, int Remaining);
}
