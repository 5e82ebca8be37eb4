using System.Text.Json;
using Multus.Cni;
using Multus.Core.Json;
using Multus.Core.Planning;
using Multus.Core.Routes;

namespace Multus.Core.Records;

/// <summary>
/// The file that says what a sandbox has: upstream's own format and place (attach.md §15), so that upstream can delete
/// what we made, and an object of ours beside it in each element, so that our DEL and CHECK need nothing else.
/// </summary>
public static class SandboxRecord
{
    /// <summary>
    /// The record's bytes. Layout: an array with one object per attachment in plan order, then what is
    /// <see cref="AttachmentPlan.Stuck"/>; in it upstream's keys in upstream's order, then "Attachment", which upstream
    /// passes over (see <see cref="AttachmentCodec"/>).
    /// </summary>
    public static byte[] Write(AttachmentPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var filter = new DefaultRouteFilter(plan.Attachments);
        return CniJson.Write(writer =>
        {
            writer.WriteStartArray();
            foreach (var attachment in plan.Attachments)
                Write(writer, plan, attachment, filter, plan.IsLeftover);
            foreach (var stuck in plan.Stuck)
                Write(writer, plan, stuck, filter, isLeftover: true);
            writer.WriteEndArray();
        });
    }

    private static void Write(
        Utf8JsonWriter writer,
        AttachmentPlan plan,
        PlannedAttachment attachment,
        DefaultRouteFilter filter,
        bool isLeftover
    )
    {
        writer.WriteStartObject();
        UpstreamDelegate.Write(writer, attachment, filter);
        AttachmentCodec.Write(writer, plan, attachment, isLeftover);
        writer.WriteEndObject();
    }

    /// <summary>
    /// The plan as it was written: from our own records exactly, from upstream's completed by
    /// <paramref name="context"/>. An empty array is an empty plan.
    /// </summary>
    /// <exception cref="RecordFormatException">Anything else.</exception>
    public static AttachmentPlan Read(ReadOnlyMemory<byte> json, RecordContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        try
        {
            var root = JsonText.Parse(json);
            return root.ValueKind == JsonValueKind.Array
                ? RecordReader.Read(root, context)
                : throw new RecordFormatException(
                    $"{Title(context)} is {JsonText.KindOf(root)}, must be an array of delegates"
                );
        }
        catch (JsonException bad)
        {
            throw new RecordFormatException($"{Title(context)} is damaged: {JsonText.OneLine(bad.Message)}", bad);
        }
        catch (CniException bad)
        {
            throw new RecordFormatException($"{Title(context)} is damaged: {bad.Error.Text}", bad);
        }
    }

    private static string Title(RecordContext context) => $"the record of sandbox {context.Sandbox}";
}
