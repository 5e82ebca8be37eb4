using System.Collections.Immutable;
using System.Text.Json;
using Multus.Cni.Configurations;
using Multus.Cni.Results;
using Multus.Cni.Runtime;

namespace Multus.Cni.Tests.Runtime;

/// <summary>
/// A runtime with scripted plugins and a cache in memory, and the attachment that most tests talk of.
/// </summary>
internal sealed class Node
{
    public const string CacheFile = "blue-c1-net1";

    public static readonly CniError Banana = new(113, "banana", "ripe");

    public Node() => Runtime = new CniRuntime(Plugins, Cache);

    public ScriptedPlugins Plugins { get; } = new();

    public MemoryResultCache Cache { get; } = new();

    public CniRuntime Runtime { get; }

    public static AttachmentParameters Attachment(
        string ifName = "net1",
        params (string Name, string Json)[] capabilities
    ) =>
        new(
            SandboxId.Parse("c1"),
            "/run/netns/p",
            ifName,
            [new("IgnoreUnknown", "1"), new("K8S_POD_NAME", "p")],
            Offer(capabilities),
            ["/opt/cni/bin", "/usr/lib/cni"]
        );

    public static NetworkConfiguration Conf(string version = "1.0.0", string name = "blue") =>
        NetworkConfiguration.ParseConf(Json.Bytes($$"""{"cniVersion":"{{version}}","name":"{{name}}","type":"a"}"""));

    /// <summary>A list of plugins a, b, c.</summary>
    public static NetworkConfiguration Chain(string version = "1.0.0", string name = "blue", string more = "") =>
        NetworkConfiguration.ParseList(
            Json.Bytes(
                $$"""{"cniVersion":"{{version}}","name":"{{name}}",{{more}}"plugins":[{"type":"a"},{"type":"b"},{"type":"c"}]}"""
            )
        );

    public Task<CniResult> AddAsync(NetworkConfiguration network, AttachmentParameters? p = null) =>
        Runtime.AddAsync(network, p ?? Attachment(), default);

    public Task CheckAsync(NetworkConfiguration network) => Runtime.CheckAsync(network, Attachment(), default);

    public Task DeleteAsync(NetworkConfiguration network, AttachmentParameters? p = null) =>
        Runtime.DeleteAsync(network, p ?? Attachment(), default);

    public Task StatusAsync(NetworkConfiguration network) => Runtime.StatusAsync(network, ["/opt/cni/bin"], default);

    public void Remembers(string file) => Cache.Files[CacheFile] = Json.Bytes(file);

    public void RemembersResult(string result) =>
        Remembers(
            $$"""{"kind":"cniCacheV1","containerId":"c1","config":"","ifName":"net1","networkName":"blue","result":{{result}}}"""
        );

    public static async Task<CniError> ErrorOf(Task work) => (await Assert.ThrowsAsync<CniException>(() => work)).Error;

    private static ImmutableArray<KeyValuePair<string, JsonElement>> Offer((string Name, string Json)[] capabilities) =>
        [
            .. capabilities.Select(capability =>
                KeyValuePair.Create(capability.Name, Tests.Json.Element(capability.Json))
            ),
        ];
}
