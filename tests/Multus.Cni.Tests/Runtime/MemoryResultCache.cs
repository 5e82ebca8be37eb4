using Multus.Cni.Runtime;

namespace Multus.Cni.Tests.Runtime;

/// <summary>
/// A cache that keeps the files' bytes, so that every test goes through the codec, and fails when told to.
/// </summary>
internal sealed class MemoryResultCache : IResultCache
{
    public SortedDictionary<string, ReadOnlyMemory<byte>> Files { get; } = new(StringComparer.Ordinal);

    public CniException? StoreFailure { get; set; }

    public CniException? LoadFailure { get; set; }

    public CniException? RemoveFailure { get; set; }

    public void Store(CachedAttachment a)
    {
        if (StoreFailure is not null)
            throw StoreFailure;

        Files[CachedAttachmentCodec.FileName(a.NetworkName, a.ContainerId, a.IfName)] = CachedAttachmentCodec.Write(a);
    }

    public CachedAttachment? Load(string network, string containerId, string ifName)
    {
        if (LoadFailure is not null)
            throw LoadFailure;

        return Files.TryGetValue(CachedAttachmentCodec.FileName(network, containerId, ifName), out var bytes)
            ? CachedAttachmentCodec.Read(bytes)
            : null;
    }

    public void Remove(string network, string containerId, string ifName)
    {
        if (RemoveFailure is not null)
            throw RemoveFailure;

        Files.Remove(CachedAttachmentCodec.FileName(network, containerId, ifName));
    }

    public IReadOnlyList<CachedAttachment> List() =>
        [.. Files.Values.Select(CachedAttachmentCodec.Read).Where(attachment => attachment.IsComplete)];
}
