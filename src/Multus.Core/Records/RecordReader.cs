using System.Collections.Immutable;
using System.Text.Json;
using Multus.Cni;
using Multus.Core.Json;
using Multus.Core.Planning;

namespace Multus.Core.Records;

/// <summary>Reads a record's elements, ours and upstream's, into one plan.</summary>
internal static class RecordReader
{
    public static AttachmentPlan Read(JsonElement array, RecordContext context)
    {
        AttachmentPlan? ours = null;
        var hasUpstreams = false;
        var attachments = ImmutableArray.CreateBuilder<PlannedAttachment>(array.GetArrayLength());
        foreach (var item in array.EnumerateArray())
        {
            var index = attachments.Count;
            if (item.ValueKind != JsonValueKind.Object)
                throw new RecordFormatException($"the record of sandbox {context.Sandbox}: delegate {index} is {JsonText.KindOf(item)}, must be an object");

            var element = RecordFields.Members(item, $"delegate {index}");
            if (element.Object(AttachmentCodec.Key) is not { } extra)
            {
                attachments.Add(UpstreamDelegateReader.Read(element, index, context));
                hasUpstreams = true;
                continue;
            }

            var (plan, attachment) = AttachmentCodec.Read(element, RecordFields.Members(extra, $"delegate {index}, {AttachmentCodec.Key}"), index, context);
            ours ??= plan;
            attachments.Add(attachment);
        }

        return (ours ?? FromContext(context, attachments)) with { Attachments = attachments.ToImmutable(), IsUpstreams = hasUpstreams };
    }

    private static AttachmentPlan FromContext(RecordContext context, ImmutableArray<PlannedAttachment>.Builder attachments)
    {
        var version = attachments.Count > 0 ? attachments[0].Configuration.Version : CniVersion.Latest;
        return new AttachmentPlan(context.Sandbox, context.NetNs ?? "", context.Pod, version, []);
    }
}
