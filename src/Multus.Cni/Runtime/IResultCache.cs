namespace Multus.Cni.Runtime;

/// <summary>
/// What survives of an ADD until its DEL, by network, container ID and interface name (cni-runtime.md §11).
/// </summary>
public interface IResultCache
{
    /// <summary>Stores it durably, replacing an older one.</summary>
    /// <exception cref="CniException">Code 5: not stored.</exception>
    void Store(CachedAttachment a);

    /// <summary>
    /// Null only when nothing is stored; what is stored but unreadable comes back with
    /// <see cref="CachedAttachment.Damaged"/>.
    /// </summary>
    /// <exception cref="CniException">Code 5: could not be read. Code 7: the three cannot name an entry.</exception>
    CachedAttachment? Load(string network, string containerId, string ifName);

    /// <summary>Forgets it; nothing stored is fine.</summary>
    /// <exception cref="CniException">Code 5: could not be removed. Code 7: the three cannot name an entry.</exception>
    void Remove(string network, string containerId, string ifName);

    /// <summary>
    /// All entries that <see cref="CachedAttachment.IsComplete"/>, sorted by their names in the store.
    /// </summary>
    IReadOnlyList<CachedAttachment> List();
}
