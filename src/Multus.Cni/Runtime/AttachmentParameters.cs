using System.Collections.Immutable;
using System.Text.Json;

namespace Multus.Cni.Runtime;

/// <summary>What a runtime decides about one attachment, beside its network (cni-runtime.md §5 to §7).</summary>
/// <param name="Sandbox">CNI_CONTAINERID.</param>
/// <param name="NetNs">CNI_NETNS; null or empty when the namespace is gone, which only DEL may say.</param>
/// <param name="IfName">CNI_IFNAME as asked for; ADD checks it.</param>
/// <param name="Args">CNI_ARGS in order.</param>
/// <param name="CapabilityArgs">What is on offer as runtimeConfig; a plugin gets those that it declares.</param>
/// <param name="PluginPath">CNI_PATH: the folders to look for binaries in, in order.</param>
public sealed record AttachmentParameters(
    SandboxId Sandbox,
    string? NetNs,
    string IfName,
    ImmutableArray<KeyValuePair<string, string>> Args,
    ImmutableArray<KeyValuePair<string, JsonElement>> CapabilityArgs,
    ImmutableArray<string> PluginPath
);
