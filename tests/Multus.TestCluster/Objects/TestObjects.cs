using System.Text.Json.Nodes;

namespace Multus.TestCluster.Objects;

/// <summary>Objects as a cluster has them, for tests to put into the store.</summary>
public static class TestObjects
{
    public const string NetworksAnnotation = "k8s.v1.cni.cncf.io/networks";

    public static JsonObject Pod(
        string ns,
        string name,
        string? networks = null,
        string? node = null,
        string? uid = null
    )
    {
        var metadata = Metadata(ns, name);
        if (uid is not null)
            metadata["uid"] = uid;
        if (networks is not null)
            metadata["annotations"] = new JsonObject { [NetworksAnnotation] = networks };
        var container = new JsonObject
        {
            ["name"] = "main",
            ["image"] = "registry.example/app:1",
            ["resources"] = new JsonObject(),
        };
        var spec = new JsonObject { ["containers"] = new JsonArray(container), ["restartPolicy"] = "Always" };
        if (node is not null)
            spec["nodeName"] = node;
        return new JsonObject
        {
            ["metadata"] = metadata,
            ["spec"] = spec,
            ["status"] = new JsonObject { ["phase"] = "Pending" },
        };
    }

    public static JsonObject Network(string ns, string name, string? config)
    {
        var spec = new JsonObject();
        if (config is not null)
            spec["config"] = config;
        return new JsonObject { ["metadata"] = Metadata(ns, name), ["spec"] = spec };
    }

    /// <summary>
    /// The same pod with everything that makes real ones large: environment, volumes, managed fields. About so many
    /// bytes.
    /// </summary>
    public static JsonObject Enlarged(JsonObject pod, int bytes)
    {
        var large = pod.DeepClone().AsObject();
        var env = new JsonArray();
        var fields = new JsonObject();
        for (var i = 0; i < bytes / 160; i++)
        {
            env.Add(
                new JsonObject { ["name"] = $"SETTING_{i:D5}", ["value"] = new string((char)('a' + (i % 26)), 60) }
            );
            fields[$"k:{{\"name\":\"SETTING_{i:D5}\"}}"] = new JsonObject
            {
                ["."] = new JsonObject(),
                ["f:value"] = new JsonObject(),
            };
        }

        large["spec"]!["containers"]![0]!["env"] = env;
        large["metadata"]!["managedFields"] = new JsonArray(
            new JsonObject
            {
                ["manager"] = "kube-controller-manager",
                ["operation"] = "Update",
                ["apiVersion"] = "v1",
                ["fieldsType"] = "FieldsV1",
                ["fieldsV1"] = fields,
            }
        );
        return large;
    }

    private static JsonObject Metadata(string ns, string name) => new() { ["name"] = name, ["namespace"] = ns };
}
