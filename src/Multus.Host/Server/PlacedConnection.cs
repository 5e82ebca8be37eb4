using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Multus.Host.Server;

/// <summary>
/// A connection that has one of the <see cref="ConnectionPlaces"/> until its descriptor is closed. Its place is among
/// its features.
/// </summary>
internal sealed class PlacedConnection : ConnectionContext
{
    private readonly ConnectionContext _inner;
    private readonly ConnectionPlaces.Place _place;

    public PlacedConnection(ConnectionContext inner, ConnectionPlaces.Place place)
    {
        _inner = inner;
        _place = place;
        Features.Set(place);
        place.ClosesBy(() =>
            inner.Abort(new ConnectionAbortedException("others waited for its place, and its request did not come"))
        );
    }

    public override string ConnectionId
    {
        get => _inner.ConnectionId;
        set => _inner.ConnectionId = value;
    }

    public override IFeatureCollection Features => _inner.Features;

    public override IDictionary<object, object?> Items
    {
        get => _inner.Items;
        set => _inner.Items = value;
    }

    public override IDuplexPipe Transport
    {
        get => _inner.Transport;
        set => _inner.Transport = value;
    }

    public override CancellationToken ConnectionClosed
    {
        get => _inner.ConnectionClosed;
        set => _inner.ConnectionClosed = value;
    }

    public override EndPoint? LocalEndPoint
    {
        get => _inner.LocalEndPoint;
        set => _inner.LocalEndPoint = value;
    }

    public override EndPoint? RemoteEndPoint
    {
        get => _inner.RemoteEndPoint;
        set => _inner.RemoteEndPoint = value;
    }

    public override void Abort(ConnectionAbortedException abortReason) => _inner.Abort(abortReason);

    public override async ValueTask DisposeAsync()
    {
        try
        {
            await _inner.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            _place.Dispose();
            await base.DisposeAsync().ConfigureAwait(false);
        }
    }
}
