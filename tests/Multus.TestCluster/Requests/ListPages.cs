using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Multus.TestCluster.Objects;
using Multus.TestCluster.Statuses;

namespace Multus.TestCluster.Requests;

/// <summary>
/// The later pages of a list show the cluster as it was when the first was made, for as long as that is remembered.
/// </summary>
internal sealed class ListPages
{
    private const string AsOfNow = "-1"; // in a token that was handed out with a 410

    private readonly ConcurrentDictionary<(ResourceType Type, long Revision), Snapshot> _remembered = new();

    public void ExpireAll() => _remembered.Clear();

    /// <exception cref="ApiException">400 for what is no token, 410 for one that has expired.</exception>
    public Page Open(ResourceType type, string token, Func<Snapshot> readFresh)
    {
        if (token.Length == 0)
        {
            var fresh = readFresh();
            return new Page(fresh, fresh.Objects.Values);
        }

        var (revision, after) = Parse(token);
        if (revision == AsOfNow)
            return PageAfter(readFresh(), after);
        var isKnown = long.TryParse(revision, CultureInfo.InvariantCulture, out var number);
        return isKnown && _remembered.TryGetValue((type, number), out var snapshot)
            ? PageAfter(snapshot, after)
            : throw new ApiException(ApiStatus.ExpiredContinue(Write(AsOfNow, after)));
    }

    public string TokenFor(ResourceType type, Snapshot snapshot, ObjectKey after)
    {
        _remembered[(type, snapshot.Revision)] = snapshot;
        return Write(snapshot.Revision.ToString(CultureInfo.InvariantCulture), after);
    }

    private static Page PageAfter(Snapshot snapshot, ObjectKey after) =>
        new(snapshot, snapshot.Objects.Values.Where(item => ObjectKey.Order.Compare(item.Key, after) > 0));

    private static string Write(string revision, ObjectKey after) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes($"{revision} {after.Namespace} {after.Name}"));

    private static (string Revision, ObjectKey After) Parse(string token)
    {
        var bytes = new byte[token.Length];
        var parts = Convert.TryFromBase64String(token, bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length).Split(' ')
            : [];
        return parts is [var revision, var ns, var name]
            ? (revision, new ObjectKey(ns, name))
            : throw new ApiException(ApiStatus.BadRequest("continue key is not valid"));
    }
}

/// <summary>What is left of a list.</summary>
internal sealed record Page(Snapshot Snapshot, IEnumerable<StoredObject> Rest);
