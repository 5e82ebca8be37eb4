using System.Text.Json.Nodes;

namespace Multus.TestCluster.Objects;

/// <summary>
/// Pods with ResourceClaims, the claims, and the drivers' slices, as a cluster with dynamic resource allocation has
/// them.
/// </summary>
public static class TestClaims
{
    /// <summary>
    /// Makes the pod have a claim of a template, which each of these containers uses; new containers are added.
    /// </summary>
    /// <param name="claim">The claim that was made for it, <c>null</c> while none is.</param>
    public static JsonObject WithClaim(this JsonObject pod, string local, string? claim, params string[] containers) =>
        WithClaim(pod, local, claim, request: null, containers);

    /// <summary>The same, with the containers using one of the claim's requests only.</summary>
    public static JsonObject WithClaim(
        this JsonObject pod,
        string local,
        string? claim,
        string? request,
        string[] containers
    )
    {
        ArgumentNullException.ThrowIfNull(pod);
        ArgumentNullException.ThrowIfNull(containers);
        var references = ArrayIn(pod["spec"]!, "resourceClaims");
        if (!references.Any(reference => reference!["name"]!.GetValue<string>() == local))
        {
            references.Add(new JsonObject { ["name"] = local, ["resourceClaimTemplateName"] = $"{local}-template" });
            if (claim is not null)
                ArrayIn(pod["status"]!, "resourceClaimStatuses")
                    .Add(new JsonObject { ["name"] = local, ["resourceClaimName"] = claim });
        }

        foreach (var container in containers)
        {
            var use = new JsonObject { ["name"] = local };
            if (request is not null)
                use["request"] = request;
            ArrayIn(ContainerOf(pod, container)["resources"]!, "claims").Add(use);
        }

        return pod;
    }

    /// <param name="devices">"request driver/pool/device" each.</param>
    public static JsonObject Claim(string ns, string name, params string[] devices)
    {
        var results = devices
            .Select(device => device.Split(' '))
            .Select(parts => (Request: parts[0], Path: parts[1].Split('/')))
            .Select(device =>
                (JsonNode)
                    new JsonObject
                    {
                        ["request"] = device.Request,
                        ["driver"] = device.Path[0],
                        ["pool"] = device.Path[1],
                        ["device"] = device.Path[2],
                    }
            );
        return new JsonObject
        {
            ["metadata"] = new JsonObject { ["namespace"] = ns, ["name"] = name },
            ["spec"] = new JsonObject(),
            ["status"] = new JsonObject
            {
                ["allocation"] = new JsonObject
                {
                    ["devices"] = new JsonObject { ["results"] = new JsonArray([.. results]) },
                },
            },
        };
    }

    /// <param name="devices">The name of each, and its attributes with texts as values.</param>
    public static JsonObject Slice(
        string name,
        string node,
        string driver,
        string pool,
        int generation,
        params (string Name, (string Attribute, string Value)[] Attributes)[] devices
    )
    {
        var all = devices.Select(device =>
            (JsonNode)
                new JsonObject
                {
                    ["name"] = device.Name,
                    ["attributes"] = new JsonObject(
                        device.Attributes.Select(a =>
                            KeyValuePair.Create<string, JsonNode?>(a.Attribute, new JsonObject { ["string"] = a.Value })
                        )
                    ),
                }
        );
        return new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject
            {
                ["driver"] = driver,
                ["nodeName"] = node,
                ["pool"] = new JsonObject
                {
                    ["name"] = pool,
                    ["generation"] = generation,
                    ["resourceSliceCount"] = 1,
                },
                ["devices"] = new JsonArray([.. all]),
            },
        };
    }

    private static JsonObject ContainerOf(JsonObject pod, string name)
    {
        var containers = ArrayIn(pod["spec"]!, "containers");
        var found = containers
            .Select(container => container!.AsObject())
            .FirstOrDefault(container => container["name"]!.GetValue<string>() == name);
        if (found is null)
            containers.Add(
                found = new JsonObject
                {
                    ["name"] = name,
                    ["image"] = "registry.example/app:1",
                    ["resources"] = new JsonObject(),
                }
            );
        return found;
    }

    private static JsonArray ArrayIn(JsonNode parent, string name)
    {
        if (parent[name] is null)
            parent[name] = new JsonArray();
        return parent[name]!.AsArray();
    }
}
