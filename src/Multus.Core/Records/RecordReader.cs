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
        var leftover = ImmutableArray.CreateBuilder<PlannedAttachment>();
        foreach (var item in array.EnumerateArray())
        {
            var index = attachments.Count + leftover.Count;
            if (item.ValueKind != JsonValueKind.Object)
                throw new RecordFormatException(
                    $"the record of sandbox {context.Sandbox}: delegate {index} is {JsonText.KindOf(item)}, must "
                        + "be an object"
                );

            var element = RecordFields.Members(item, $"delegate {index}");
            if (element.Object(AttachmentCodec.Key) is not { } extra)
            {
                attachments.Add(UpstreamDelegateReader.Read(element, index, context));
                hasUpstreams = true;
                continue;
            }

            var (plan, attachment) = AttachmentCodec.Read(
                element,
                RecordFields.Members(extra, $"delegate {index}, {AttachmentCodec.Key}"),
                index,
                context
            );
            if (ours is null || (ours.IsLeftover && !plan.IsLeftover))
                ours = plan;
            (plan.IsLeftover ? leftover : attachments).Add(attachment);
        }

        // Where everything is left over, the sandbox is; where not, something of an ADD before is.
        var whole = (ours ?? FromContext(context, attachments)) with
        {
            IsUpstreams = hasUpstreams,
        };
        return attachments.Count == 0
            ? whole with
            {
                Attachments = leftover.ToImmutable(),
            }
            : whole with
            {
                Attachments = attachments.ToImmutable(),
                Stuck = leftover.ToImmutable(),
                IsLeftover = false,
            };
    }

    private static AttachmentPlan FromContext(
        RecordContext context,
        ImmutableArray<PlannedAttachment>.Builder attachments
    )
    {
        var version = attachments.Count > 0 ? attachments[0].Configuration.Version : CniVersion.Latest;
        return new AttachmentPlan(context.Sandbox, context.NetNs ?? "", context.Pod, version, []);
    }
}
