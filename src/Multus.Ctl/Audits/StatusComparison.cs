using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using Multus.Cni;
using Multus.Core.Planning;
using Multus.Linux.Netlink;

namespace Multus.Ctl.Audits;

/// <summary>Compares a network-status with what the kernel has. Pure.</summary>
internal static class StatusComparison
{
    /// <param name="status">The annotation's value; null when there is none.</param>
    /// <param name="plan">What is on record.</param>
    /// <param name="kernel">What is in the pod's namespace.</param>
    /// <returns>What disagrees, in words.</returns>
    public static ImmutableArray<string> Of(string? status, AttachmentPlan plan, NamespaceView kernel)
    {
        var differences = ImmutableArray.CreateBuilder<string>();
        foreach (var attachment in plan.Attachments)
        {
            var name = attachment.Parameters.IfName;
            if (name.Length > 0 && !AuxiliaryChain.IsOne(attachment.Configuration) && LinkOf(kernel, name) is null)
                differences.Add(
                    $"interface {name} of network {attachment.DisplayName} was attached, and the pod has none of that "
                        + "name"
                );
        }

        if (status is null)
        {
            if (plan.Attachments.Length > 1)
                differences.Add($"there is no network-status, and {plan.Attachments.Length} networks were attached");
            return differences.ToImmutable();
        }

        try
        {
            foreach (var entry in CniJson.Parse(System.Text.Encoding.UTF8.GetBytes(status)).EnumerateArray())
                Compare(entry, kernel, differences);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            differences.Add($"its network-status cannot be read: {e.Message}");
        }

        return [.. differences.Distinct()];
    }

    private static void Compare(JsonElement entry, NamespaceView kernel, ImmutableArray<string>.Builder differences)
    {
        var network = Text(entry, "name");
        var name = Text(entry, "interface");
        if (name.Length == 0)
            return;
        if (LinkOf(kernel, name) is not { } link)
        {
            differences.Add($"its network-status has interface {name} of network {network}, and the pod has none");
            return;
        }

        var mac = Text(entry, "mac");
        if (mac.Length > 0 && link.Mac is not null && !mac.Equals(link.Mac, StringComparison.OrdinalIgnoreCase))
            differences.Add($"interface {name} has MAC {link.Mac}; its network-status says {mac}");
        if (!entry.TryGetProperty("ips", out var ips) || ips.ValueKind != JsonValueKind.Array)
            return;
        foreach (var ip in ips.EnumerateArray())
        {
            if (IPAddress.TryParse(ip.ToString(), out var address) && !Has(kernel, link, address))
                differences.Add($"interface {name} does not have the address {address} of its network-status");
        }
    }

    private static bool Has(NamespaceView kernel, LinkInfo link, IPAddress address)
    {
        foreach (var known in kernel.Addresses)
        {
            if (known.Link == link.Index && known.Address.Equals(address))
                return true;
        }

        return false;
    }

    private static LinkInfo? LinkOf(NamespaceView kernel, string name) =>
        kernel.Links.FirstOrDefault(link => link.Name == name);

    private static string Text(JsonElement from, string name) =>
        from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
