using Multus.TestCluster.Access;
using YamlDotNet.RepresentationModel;

namespace Multus.EndToEnd.Tests.Deployment;

/// <summary>
/// What the daemon's role allows, one permission for each verb: "watch pods", "patch pods/status", "get
/// network-attachment-definitions.k8s.cni.cncf.io".
/// </summary>
internal static class Role
{
    public static IReadOnlyList<YamlMappingNode> Rules { get; } =
    [.. DeployedFiles.Single("ClusterRole").Maps("rules")];

    /// <summary>What the only ClusterRole of these objects allows, for an API server that is to enforce it.</summary>
    public static IReadOnlyList<RoleRule> Of(IEnumerable<YamlMappingNode> objects) =>
        [
            .. objects
                .Single("ClusterRole")
                .Maps("rules")
                .Select(rule => new RoleRule(
                    [.. rule.Texts("apiGroups")],
                    [.. rule.Texts("resources")],
                    [.. rule.Texts("verbs")]
                )),
        ];

    public static IReadOnlySet<string> Permissions { get; } =
        new SortedSet<string>(
            from rule in Rules
            from verb in rule.Texts("verbs")
            from resource in rule.Texts("resources")
            from api in rule.Texts("apiGroups")
            select Permission(verb, resource, api),
            StringComparer.Ordinal
        );

    /// <summary>The rules of a role in a file, for an API server that is to enforce them.</summary>
    public static IReadOnlyList<RoleRule> EnforcedOf(string file, string name) =>
        [
            .. DeployedFiles
                .Parse(file)
                .Single(document =>
                    document.Text("kind") == "ClusterRole" && document.Map("metadata").Text("name") == name
                )
                .Maps("rules")
                .Select(rule => new RoleRule(
                    [.. rule.Texts("apiGroups")],
                    [.. rule.Texts("resources")],
                    [.. rule.Texts("verbs")]
                )),
        ];

    /// <summary>The same from the table in the decision about the API client.</summary>
    public static IReadOnlySet<string> Decided()
    {
        var decided = new SortedSet<string>(StringComparer.Ordinal);
        var lines = File.ReadLines(Path.Combine(DeployedFiles.Root, "docs", "decisions", "0015-api-client.md"));
        foreach (var line in lines.SkipWhile(line => line != "## RBAC").Where(line => line.StartsWith('|')).Skip(2))
        {
            var cells = line.Split('|', StringSplitOptions.TrimEntries);
            var resource = cells[2].Split(' ', 2); // "network-attachment-definitions (k8s.cni.cncf.io)"
            decided.UnionWith(
                cells[1]
                    .Split(", ")
                    .Select(verb =>
                        Permission(verb, resource[0], resource.Length > 1 ? resource[1].Trim('(', ')') : "")
                    )
            );
        }

        return decided;
    }

    public static string Permission(string verb, string resource, string api) =>
        api.Length == 0 ? $"{verb} {resource}" : $"{verb} {resource}.{api}";
}
