using System.Collections.Immutable;

namespace Multus.Kubernetes;

/// <summary>The annotations of an object.</summary>
internal static class Annotations
{
    /// <summary>Whether both have the same keys with the same values.</summary>
    public static bool AreSame(ImmutableDictionary<string, string> a, ImmutableDictionary<string, string> b)
    {
        if (a.Count != b.Count)
            return false;
        foreach (var (key, value) in a)
        {
            if (!b.TryGetValue(key, out var other) || other != value)
                return false;
        }

        return true;
    }
}
