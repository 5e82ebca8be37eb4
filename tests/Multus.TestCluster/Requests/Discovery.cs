using System.Text.Json.Nodes;
using Multus.TestCluster.Objects;

namespace Multus.TestCluster.Requests;

/// <summary>What the server has, for clients that ask before they do anything, as kubectl does.</summary>
internal static class Discovery
{
    private const string HighestVersion = "v1.32.0";

    /// <summary>Null when the path is none of these.</summary>
    public static ApiReply? Answer(string path, ObjectStore objects)
    {
        var installed = ResourceType.All.Where(objects.IsInstalled).ToList();
        return path.Split('/', StringSplitOptions.RemoveEmptyEntries) switch
        {
            ["readyz" or "livez" or "healthz"] => new ApiReply(200, "ok"u8.ToArray(), "text/plain; charset=utf-8"),
            ["version"] => Reply(
                new JsonObject
                {
                    ["major"] = "1",
                    ["minor"] = "32",
                    ["gitVersion"] = HighestVersion,
                    ["platform"] = "linux/amd64",
                }
            ),
            ["api"] => Reply(new JsonObject { ["kind"] = "APIVersions", ["versions"] = new JsonArray("v1") }),
            ["apis"] => Reply(Groups(installed)),
            ["api", var version] => Resources("", version, installed),
            ["apis", var group, var version] => Resources(group, version, installed),
            _ => null,
        };
    }

    private static JsonObject Groups(List<ResourceType> installed)
    {
        var groups = installed
            .Where(type => type.Group.Length > 0)
            .Select(type => (type.Group, type.Version))
            .Distinct()
            .Select(one =>
            {
                var version = new JsonObject
                {
                    ["groupVersion"] = $"{one.Group}/{one.Version}",
                    ["version"] = one.Version,
                };
                return (JsonNode)
                    new JsonObject
                    {
                        ["name"] = one.Group,
                        ["versions"] = new JsonArray(version),
                        ["preferredVersion"] = version.DeepClone(),
                    };
            });
        return new JsonObject
        {
            ["kind"] = "APIGroupList",
            ["apiVersion"] = "v1",
            ["groups"] = new JsonArray([.. groups]),
        };
    }

    private static ApiReply? Resources(string group, string version, List<ResourceType> installed)
    {
        var resources = installed
            .Where(type => type.Group == group && type.Version == version)
            .Select(type =>
                (JsonNode)
                    new JsonObject
                    {
                        ["name"] = type.Plural,
                        ["singularName"] = type.Kind.ToLowerInvariant(),
                        ["namespaced"] = type.IsNamespaced,
                        ["kind"] = type.Kind,
                        ["verbs"] = new JsonArray("create", "delete", "get", "list", "patch", "update", "watch"),
                    }
            )
            .ToArray();
        return resources.Length == 0
            ? null
            : Reply(
                new JsonObject
                {
                    ["kind"] = "APIResourceList",
                    ["apiVersion"] = "v1",
                    ["groupVersion"] = group.Length == 0 ? version : $"{group}/{version}",
                    ["resources"] = new JsonArray(resources),
                }
            );
    }

    private static ApiReply Reply(JsonObject content) =>
        new(200, System.Text.Encoding.UTF8.GetBytes(content.ToJsonString()));
}
