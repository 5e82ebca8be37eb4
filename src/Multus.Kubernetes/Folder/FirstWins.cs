using System.Collections.Immutable;

namespace Multus.Kubernetes.Folder;

/// <summary>All objects of one kind, of which the one in the file first by name, and there the first, counts.</summary>
internal sealed class FirstWins<TKey, TObject>(string kind, Func<TObject, TKey> keyOf)
    where TKey : class
    where TObject : class
{
    private readonly Dictionary<TKey, List<Holder>> _holders = [];
    private readonly Dictionary<TKey, Placed<TObject>?> _before = [];
    private readonly HashSet<TKey> _touched = []; // whose duplicates have not been looked at yet
    private readonly HashSet<Duplicate> _duplicates = [];

    /// <param name="old">What the file held until now.</param>
    /// <param name="now">What it holds.</param>
    public void Replace(
        string file,
        ImmutableArray<ManifestObject<TObject>> old,
        ImmutableArray<ManifestObject<TObject>> now
    )
    {
        foreach (var item in old)
            HoldersOf(keyOf(item.Value)).RemoveAll(holder => holder.File == file);
        foreach (var item in now)
        {
            var holders = HoldersOf(keyOf(item.Value));
            var place = holders.FindIndex(holder => string.CompareOrdinal(holder.File, file) > 0);
            holders.Insert(place < 0 ? holders.Count : place, new Holder(file, item));
        }
    }

    /// <summary>What was touched since the last call.</summary>
    public IReadOnlyList<Touched<TKey, TObject>> TakeTouched()
    {
        var touched = new List<Touched<TKey, TObject>>(_before.Count);
        foreach (var (key, before) in _before)
        {
            touched.Add(new Touched<TKey, TObject>(key, before, WinnerOf(key)));
            if (_holders[key].Count == 0)
                _holders.Remove(key);
        }

        _touched.UnionWith(_before.Keys);
        _before.Clear();
        return touched;
    }

    /// <summary>The duplicates among the keys of the last <see cref="TakeTouched"/> that were none before.</summary>
    public IReadOnlyList<Duplicate> TakeDuplicates()
    {
        var found = _touched.SelectMany(DuplicatesOf).ToList();
        var isNew = found.Where(duplicate => !_duplicates.Contains(duplicate)).ToList();
        var names = _touched.Select(key => key.ToString()).ToHashSet();
        _duplicates.RemoveWhere(duplicate => names.Contains(duplicate.Object));
        _duplicates.UnionWith(found);
        _touched.Clear();
        return isNew;
    }

    private IEnumerable<Duplicate> DuplicatesOf(TKey key) =>
        !_holders.TryGetValue(key, out var holders)
            ? []
            : holders
                .Skip(1)
                .Select(holder => new Duplicate(
                    kind,
                    key.ToString() ?? "",
                    holder.File,
                    holder.Object.Line,
                    holders[0].File
                ));

    private List<Holder> HoldersOf(TKey key)
    {
        if (!_holders.TryGetValue(key, out var holders))
            _holders[key] = holders = [];
        if (!_before.ContainsKey(key))
            _before[key] = WinnerOf(key);
        return holders;
    }

    private Placed<TObject>? WinnerOf(TKey key) =>
        _holders.GetValueOrDefault(key) is [var first, ..] ? new Placed<TObject>(first.Object.Value, first.File) : null;

    private sealed record Holder(string File, ManifestObject<TObject> Object);
}

/// <summary>An object that is in the folder more than once; the one in the file first by name counts.</summary>
internal sealed record Duplicate(string Kind, string Object, string File, long Line, string Winner);

/// <summary>An object that changed hands, with what counted and what counts now; <c>null</c> for nothing.</summary>
internal sealed record Touched<TKey, TObject>(TKey Key, Placed<TObject>? Before, Placed<TObject>? Now);
