using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Multus.TestCluster.Connections;
using Multus.TestCluster.Objects;
using Multus.TestCluster.Requests;
using Multus.TestCluster.Selectors;

namespace Multus.TestCluster.Watching;

/// <summary>One watch: every write that concerns its selection, in order, one JSON object a line.</summary>
internal sealed class WatchStream(ResourceType type, Selection selection, ObjectForm form, bool allowsBookmarks)
{
    private readonly Channel<WatchSignal> _signals = Channel.CreateUnbounded<WatchSignal>(
        new UnboundedChannelOptions { SingleReader = true }
    );

    public ResourceType Type => type;

    public bool AllowsBookmarks => allowsBookmarks;

    public void Send(WatchSignal signal) => _signals.Writer.TryWrite(signal);

    /// <summary>
    /// An object that begins or ceases to match has been added or deleted, as far as this watch can see.
    /// </summary>
    public void OnChange(StoreChange change)
    {
        if (change.Object.Type != type)
            return;
        var isIn = change.Kind != StoreChangeKind.Deleted && selection.Matches(change.Object);
        var wasIn = change.Previous is not null && selection.Matches(change.Previous);
        if (isIn)
            Send(new WatchSignal.Event(wasIn ? "MODIFIED" : "ADDED", change.Object));
        else if (wasIn)
            Send(new WatchSignal.Event("DELETED", change.Object));
    }

    /// <summary>Sends until the stream is ended from either side.</summary>
    public async Task RunAsync(HttpContext http, Gate flow, CancellationToken cancel)
    {
        http.Response.ContentType = "application/json";
        await http.Response.StartAsync(cancel);
        await http.Response.Body.FlushAsync(cancel);
        var lines = new ArrayBufferWriter<byte>();
        while (await _signals.Reader.WaitToReadAsync(cancel))
        {
            await flow.WhenOpenAsync(cancel);
            var last = FillWithWaiting(lines);
            await http.Response.Body.WriteAsync(lines.WrittenMemory, cancel);
            await http.Response.Body.FlushAsync(cancel);
            lines.ResetWrittenCount();
            if (last is WatchSignal.Reset)
                http.Abort();
            if (last is not null)
                return;
        }
    }

    /// <summary>Everything that waits, as lines; the signal that ends the stream when there is one.</summary>
    private WatchSignal? FillWithWaiting(ArrayBufferWriter<byte> lines)
    {
        while (_signals.Reader.TryRead(out var signal))
        {
            if (signal is WatchSignal.End or WatchSignal.Reset)
                return signal;
            Write(lines, signal);
            if (signal is WatchSignal.Error)
                return signal;
        }

        return null;
    }

    private void Write(ArrayBufferWriter<byte> lines, WatchSignal signal)
    {
        if (signal is WatchSignal.Raw raw)
        {
            lines.Write(raw.Bytes.Span);
            return;
        }

        using (var json = new Utf8JsonWriter(lines))
        {
            json.WriteStartObject();
            switch (signal)
            {
                case WatchSignal.Event { Type: var change, Object: var item }:
                    json.WriteString("type", change);
                    json.WritePropertyName("object");
                    json.WriteRawValue(form.Render(item).Span, skipInputValidation: true);
                    break;
                case WatchSignal.Error { Status: var status }:
                    json.WriteString("type", "ERROR");
                    json.WritePropertyName("object");
                    json.WriteRawValue(status.ToUtf8(), skipInputValidation: true);
                    break;
                case WatchSignal.Bookmark bookmark:
                    WriteBookmark(json, bookmark);
                    break;
            }

            json.WriteEndObject();
        }

        lines.Write("\n"u8);
    }

    private void WriteBookmark(Utf8JsonWriter json, WatchSignal.Bookmark bookmark)
    {
        json.WriteString("type", "BOOKMARK");
        json.WriteStartObject("object");
        json.WriteString("kind", form.KindOf(type));
        json.WriteString("apiVersion", form.ApiVersionOf(type));
        json.WriteStartObject("metadata");
        json.WriteString("resourceVersion", bookmark.Revision.ToString(CultureInfo.InvariantCulture));
        json.WriteNull("creationTimestamp");
        if (bookmark.EndsInitialEvents)
        {
            json.WriteStartObject("annotations");
            json.WriteString("k8s.io/initial-events-end", "true");
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
