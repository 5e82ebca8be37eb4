using System.Text.Json;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Cni.Runtime;
using Multus.Core.Devices;
using Multus.Core.Json;
using Multus.Core.Networks;
using Multus.Core.Planning;

namespace Multus.Core.Records;

/// <summary>
/// Reads an element that upstream wrote: what it lacks comes from the caller, by upstream's own rules (attach.md §7,
/// §14, §15).
/// </summary>
internal static class UpstreamDelegateReader
{
    /// <exception cref="CniException">A member has a wrong type, or no configuration in it can be read.</exception>
    public static PlannedAttachment Read(JsonMembers element, int index, RecordContext context)
    {
        var configuration = ReadConfiguration(element, isMaster: index == 0);
        var displayName = element.Text("Name") ?? configuration.Name;
        var isMaster = index == 0;
        var requests = ReadRequests(element, displayName);
        var ifName = requests.InterfaceRequest ?? (isMaster ? context.IfName : $"net{index}");
        var runtimeConfig = context.RuntimeConfig.IsDefault ? [] : context.RuntimeConfig;
        var deviceInfo = DeviceInfoLocation.FileIn(context.DeviceInfoDir, displayName, context.Sandbox.Value, ifName);
        var parameters = new AttachmentParameters(
            context.Sandbox,
            context.NetNs,
            ifName,
            context.Pod.DelegateArgs(),
            isMaster
                ? CapabilityArguments.ForMaster(runtimeConfig, null, null, deviceInfo)
                : CapabilityArguments.ForOther(runtimeConfig, requests, requests.DeviceId, deviceInfo),
            context.PluginPath
        );
        return new PlannedAttachment(
            index,
            displayName,
            isMaster,
            configuration,
            parameters,
            parameters with
            {
                Args = AddressArguments.For(parameters.Args, requests, configuration),
            },
            isMaster ? null : requests
        )
        {
            RunsAlone = !isMaster && AuxiliaryChain.IsOne(configuration), // what we would have planned
            DeviceId = requests.DeviceId,
            ResourceName = element.Text("resourceName"),
        };
    }

    /// <summary>
    /// The least lossy of the copies that upstream keeps. For a list that came from a file its "Bytes" has lost every
    /// key but the modelled ones, addresses could not be released with it; the parsed list's plugins are whole.
    /// </summary>
    private static NetworkConfiguration ReadConfiguration(JsonMembers element, bool isMaster)
    {
        if (
            element.Object("CNINetworkConfigList") is { } parsed
            && ReadParsedList(RecordFields.Members(parsed, "CNINetworkConfigList"), isMaster) is { } whole
        )
            return whole;
        if (RecordFields.Base64(element, "Bytes") is { IsEmpty: false } bytes)
            return NetworkConfiguration.Parse(bytes);
        if (
            element.Object("ConfList") is { } list
            && RecordFields.Members(list, "ConfList").Array("plugins") is not null
        )
            return NetworkConfiguration.ParseList(CniJson.Write(list.WriteTo));
        if (element.Object("Conf") is { } conf)
            return NetworkConfiguration.ParseConf(CniJson.Write(conf.WriteTo));
        throw element.Invalid(
            "has none of 'CNINetworkConfigList', 'Bytes', 'ConfList' and 'Conf', so its configuration is not known"
        );
    }

    private static NetworkConfiguration? ReadParsedList(JsonMembers list, bool isMaster)
    {
        if (list.Array("Plugins") is not { } plugins || plugins.GetArrayLength() == 0)
            return null;
        var isAuxiliary =
            // See AuxiliaryChain.
            !isMaster && PluginConfiguration.Parse(PluginBytes(plugins[0])).Type == BuiltInPlugins.Passthru;
        return NetworkConfiguration.ParseList(
            CniJson.Write(writer =>
            {
                writer.WriteStartObject();
                if (list.Text("CNIVersion") is { } version)
                    writer.WriteString("cniVersion", version);
                writer.WriteBoolean("disableCheck", isAuxiliary || list.Flag("DisableCheck"));
                writer.WriteBoolean("disableGC", list.Flag("DisableGC"));
                writer.WriteString("name", list.Text("Name") ?? "");
                writer.WriteStartArray("plugins");
                foreach (var plugin in plugins.EnumerateArray())
                    writer.WriteRawValue(PluginBytes(plugin).Span);
                writer.WriteEndArray();
                writer.WriteEndObject();
            })
        );
    }

    private static ReadOnlyMemory<byte> PluginBytes(JsonElement plugin)
    {
        const string owner = "CNINetworkConfigList.Plugins";
        if (plugin.ValueKind != JsonValueKind.Object)
            throw new CniException(CniErrorCode.Decode, $"{owner} has {JsonText.KindOf(plugin)}, must be objects");
        var members = RecordFields.Members(plugin, owner);
        return RecordFields.Base64(members, "Bytes")
            ?? throw members.Invalid("'Bytes' is missing, must be the plugin's configuration");
    }

    private static NetworkSelection ReadRequests(JsonMembers element, string displayName)
    {
        var slash = displayName.IndexOf('/', StringComparison.Ordinal);
        return new NetworkSelection(
            slash < 0 ? "" : displayName[..slash],
            displayName[(slash + 1)..],
            element.Text("ifnameRequest"),
            element.Texts("ipRequest") ?? [],
            element.Text("macRequest"),
            element.Text("infinibandGUIDRequest"),
            null,
            null,
            element.Text("deviceID"),
            null,
            element.Texts("default-route")
        );
    }
}
