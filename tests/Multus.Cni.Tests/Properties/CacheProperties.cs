using Multus.Cni.Results;
using Multus.Cni.Runtime;
using Multus.TestSupport;

namespace Multus.Cni.Tests.Properties;

/// <summary>What holds for whatever a crash or a disk makes of an entry of the result cache.</summary>
public sealed class CacheProperties
{
    private const string Good = """
        {"kind":"cniCacheV1","containerId":"c1","config":"eyJuYW1lIjoibiJ9","ifName":"net1","networkName":"blue","netns":"/run/netns/x","cniArgs":[["K","V"]],"capabilityArgs":{"mac":"m"},"result":{"cniVersion":"1.0.0","ips":[{"address":"10.0.0.5/24"}]}}
        """;

    [Fact]
    public void Any_damage_to_an_entry_is_told_or_leaves_an_entry_that_can_be_written_again() =>
        PropertyRule.Holds(HostileJson.Damaged(Good), IsToldOrHarmless, 3_000);

    [Fact]
    public void Any_document_is_told_to_be_damaged_or_can_be_written_again() =>
        PropertyRule.Holds(
            HostileJson.Document(
                "kind",
                "containerId",
                "config",
                "ifName",
                "networkName",
                "netns",
                "cniArgs",
                "capabilityArgs",
                "result",
                "cniVersion"
            ),
            IsToldOrHarmless,
            2_000
        );

    private static bool IsToldOrHarmless(byte[] bytes)
    {
        var entry = CachedAttachmentCodec.Read(bytes);
        if (entry.Damaged is { } why)
            return why.Length > 0 && !why.Contains('\n', StringComparison.Ordinal) && !entry.IsComplete;
        if (entry.Kind.Length == 0)
            return IsResultOrRefused(entry.Result);

        var written = CachedAttachmentCodec.Write(entry);
        return Json.Text(written) == Json.Text(CachedAttachmentCodec.Write(CachedAttachmentCodec.Read(written)))
            && IsResultOrRefused(entry.Result);
    }

    private static bool IsResultOrRefused(ReadOnlyMemory<byte> result)
    {
        try
        {
            return result.IsEmpty || CniResult.Parse(result, CniVersion.V010) is not null;
        }
        catch (CniException e)
        {
            return e.Error.Code == CniErrorCode.Decode;
        }
    }
}
