using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Multus.Kubernetes.Api.Watching;

namespace Multus.Kubernetes.Certificates.Approval;

/// <summary>Queues each CertificateSigningRequest once, when it is first seen.</summary>
internal sealed class NewRequests(ILogger log) : IWatchObserver<string, RequestKey>
{
    private readonly Channel<RequestKey> _queue = Channel.CreateUnbounded<RequestKey>();
    private Dictionary<string, string> _known = new(StringComparer.Ordinal); // UIDs by name

    public ChannelReader<RequestKey> Queue => _queue.Reader;

    public void Listed(IReadOnlyCollection<RequestKey> objects)
    {
        ApprovalLog.Watching(log, objects.Count);
        var before = _known;
        _known = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var request in objects)
        {
            _known[request.Name] = request.Uid;
            if (before.GetValueOrDefault(request.Name) != request.Uid)
                _queue.Writer.TryWrite(request);
        }
    }

    public void Changed(RequestKey item)
    {
        if (_known.GetValueOrDefault(item.Name) == item.Uid)
            return;
        _known[item.Name] = item.Uid;
        _queue.Writer.TryWrite(item);
    }

    public void Gone(string key) => _known.Remove(key);

    public void Up()
    {
        // nothing is missing, and nobody waits
    }

    public void Down(string reason, bool isOutage) => ApprovalLog.NotWatching(log, reason);
}
