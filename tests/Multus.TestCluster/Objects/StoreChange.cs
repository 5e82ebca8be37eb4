namespace Multus.TestCluster.Objects;

/// <summary>One write, as watchers learn of it.</summary>
/// <param name="Object">What is there now; of a deletion, what was there last, with the revision of the
/// deletion.</param>
/// <param name="Previous">What was there before, <c>null</c> for a new object.</param>
internal sealed record StoreChange(StoreChangeKind Kind, StoredObject Object, StoredObject? Previous)
{
    public long Revision => Object.Revision;
}

internal enum StoreChangeKind
{
    Added,
    Modified,
    Deleted,
}
