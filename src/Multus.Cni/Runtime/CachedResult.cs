using Multus.Cni.Configurations;
using Multus.Cni.Results;

namespace Multus.Cni.Runtime;

/// <summary>The previous result that CHECK and DEL hand to plugins (cni-runtime.md §10, §11).</summary>
internal static class CachedResult
{
    /// <summary>Null when there is none. In the version of the configuration as it is now.</summary>
    /// <exception cref="CniException">There is one, but it cannot be read or said in that version.</exception>
    public static CniResult? Load(IResultCache cache, NetworkConfiguration network, AttachmentParameters p)
    {
        try
        {
            var entry = cache.Load(network.Name, p.Sandbox.Value, p.IfName);
            return entry is null ? null : Read(entry, network.Version);
        }
        catch (CniException e)
        {
            throw new CniException(
                e.Error.Prefixed($"failed to get network {LogText.Text(network.Name)} cached result: "),
                e
            );
        }
    }

    private static CniResult? Read(CachedAttachment entry, CniVersion version)
    {
        if (entry.Damaged is { } why)
            throw new CniException(CniErrorCode.Decode, $"the stored entry is damaged: {why}");
        if (entry.Result.IsEmpty)
            return null;

        var result = CniResult.Parse(entry.Result, CniVersion.V010);
        try
        {
            return result.ConvertTo(version);
        }
        catch (CniException e)
        {
            throw new CniException(e.Error.Prefixed("failed to convert cached result to config version: "), e);
        }
    }
}
