using Multus.TestCluster.Objects;

namespace Multus.TestCluster.Requests;

/// <summary>What a path names: a collection when it has no name, else one object or a part of it.</summary>
/// <param name="Namespace">Empty for all namespaces, and for what has none.</param>
public sealed record ApiTarget(ResourceType Type, string Namespace, string Name, string Subresource)
{
    /// <summary>Null when the path names nothing that this server knows.</summary>
    internal static ApiTarget? Parse(string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts switch
        {
            ["api", var version, .. var rest] => Parse("", version, rest),
            ["apis", var group, var version, .. var rest] => Parse(group, version, rest),
            _ => null,
        };
    }

    private static ApiTarget? Parse(string group, string version, string[] rest)
    {
        var ns = "";
        if (rest is ["namespaces", var named, _, ..])
            (ns, rest) = (named, rest[2..]);
        if (rest.Length is 0 or > 3)
            return null;
        var type = ResourceType.All.FirstOrDefault(known =>
            known.Group == group && known.Version == version && known.Plural == rest[0]
        );
        var isPlaceMissing = type is { IsNamespaced: true } && ns.Length == 0 && rest.Length > 1;
        if (type is null || isPlaceMissing || (!type.IsNamespaced && ns.Length > 0))
            return null;
        return new ApiTarget(type, ns, rest.ElementAtOrDefault(1) ?? "", rest.ElementAtOrDefault(2) ?? "");
    }
}
