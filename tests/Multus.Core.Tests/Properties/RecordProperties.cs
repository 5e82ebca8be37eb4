using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Multus.Cni;
using Multus.Cni.Runtime;
using Multus.Core.Planning;
using Multus.Core.Records;
using Multus.Core.Tests.Records;
using Multus.TestSupport;

namespace Multus.Core.Tests.Properties;

/// <summary>
/// A record that a crash or a disk has damaged is refused in one way, or says a plan of this sandbox that a DEL can
/// carry out.
/// </summary>
public sealed class RecordProperties
{
    private static readonly byte[] Record = SandboxRecord.Write(
        Samples.Plan(
            Samples.Request(Samples.Configuration(",\"runtimeConfig\":{\"portMappings\":[{\"hostPort\":1}]}")),
            Samples.Pod(
                """[{"name":"macvlan-conf"},{"name":"chain","interface":"north","ips":["10.0.0.9/24"],"mac":"02:00:00:00:00:09","cni-args":{"k":"ü<>&"}}]"""
            ),
            Samples.Nad("test", "macvlan-conf", Samples.MacvlanConf),
            Samples.Nad(
                "test",
                "chain",
                """{"name":"c","plugins":[{"type":"a","n":12345678901234567890},{"type":"b","capabilities":{"mac":true}}]}"""
            )
        )
    );

    [Fact]
    public void A_record_that_was_cut_off_anywhere_is_refused()
    {
        for (var length = 0; length < Record.Length; length++)
            Assert.Null(Read(Record[..length]));
    }

    [Fact]
    public void A_record_with_any_one_bit_flipped_is_refused_or_can_be_carried_out()
    {
        for (var at = 0; at < Record.Length; at++)
        {
            var damaged = Record.ToArray();
            damaged[at] ^= (byte)(1 << (at % 8));
            Assert.True(IsRefusedOrCarriedOut(damaged), $"byte {at}");
        }
    }

    [Fact]
    public void Any_damage_to_a_record_is_refused_or_can_be_carried_out() =>
        PropertyRule.Holds(HostileJson.Damaged(Encoding.UTF8.GetString(Record)), IsRefusedOrCarriedOut, 3_000);

    [Fact]
    public void Any_document_as_a_record_is_refused_or_can_be_carried_out() =>
        PropertyRule.Holds(
            from items in HostileJson
                .Document(
                    "Conf",
                    "ConfList",
                    "CNINetworkConfigList",
                    "Plugins",
                    "Bytes",
                    "Name",
                    "ifnameRequest",
                    "macRequest",
                    "ipRequest",
                    "Attachment",
                    "formatVersion",
                    "containerID",
                    "type",
                    "plugins"
                )
                .ArrayOf()
            select Samples.Bytes($"[{string.Join(',', items.Select(Encoding.UTF8.GetString))}]"),
            IsRefusedOrCarriedOut,
            2_000
        );

    private static bool IsRefusedOrCarriedOut(byte[] bytes) =>
        Read(bytes) is not { } plan
        || (
            plan.Sandbox == SandboxId.Parse("c1")
            && plan.Attachments.All(attachment =>
                attachment.Parameters.Sandbox == plan.Sandbox && IsCarriedOut(attachment)
            )
        );

    /// <remarks>
    /// A DEL may end in a CNI error, of which the caller is told. Anything else would take the actor down.
    /// </remarks>
    private static bool IsCarriedOut(PlannedAttachment attachment)
    {
        var runtime = new CniRuntime(new SilentPlugins(), new NamesOnlyCache());
        try
        {
            runtime.DeleteAsync(attachment.Configuration, attachment.Parameters, default).GetAwaiter().GetResult(); // nothing in it waits
            return AttachWaves.Of([attachment, attachment, attachment], AttachMode.Parallel).Length
                    + AttachWaves.Of([attachment, attachment, attachment], AttachMode.Auto).Length
                > 1;
        }
        catch (CniException)
        {
            return true;
        }
    }

    private static AttachmentPlan? Read(byte[] bytes)
    {
        try
        {
            return SandboxRecord.Read(bytes, SandboxRecordTests.Context());
        }
        catch (RecordFormatException)
        {
            return null;
        }
    }

    private sealed class SilentPlugins : IPluginInvoker
    {
        public Task<PluginOutput> InvokeAsync(PluginCall call, CancellationToken cancel)
        {
            Assert.Equal(System.Text.Json.JsonValueKind.Object, CniJson.Parse(call.Stdin).ValueKind);
            return Task.FromResult<PluginOutput>(new PluginOutput.Succeeded(default));
        }
    }

    /// <summary>Holds nothing, and insists on names that stay in its folder.</summary>
    private sealed class NamesOnlyCache : IResultCache
    {
        public void Store(CachedAttachment a) => throw new InvalidOperationException("a DEL stores nothing");

        public CachedAttachment? Load(string network, string containerId, string ifName)
        {
            Assert.DoesNotContain('/', CachedAttachmentCodec.FileName(network, containerId, ifName));
            return null;
        }

        public void Remove(string network, string containerId, string ifName) =>
            _ = CachedAttachmentCodec.FileName(network, containerId, ifName);

        public IReadOnlyList<CachedAttachment> List() => [];
    }
}
