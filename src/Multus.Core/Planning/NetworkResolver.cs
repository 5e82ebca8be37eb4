using System.Text;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Core.Json;
using Multus.Core.Networks;

namespace Multus.Core.Planning;

/// <summary>
/// From a network's name to the configuration that its plugins will get (attach.md §5, §8.2, §8.3, §8.5).
/// </summary>
internal static class NetworkResolver
{
    /// <exception cref="CniException">Code 7; the text names the NAD or the configuration.</exception>
    public static ResolvedNetwork Resolve(NetworkSelection selection, ResolvedNetworks known)
    {
        if (selection.IsOnNode)
        {
            var found = known.ConfDir.Named(selection.Name);
            return ResolvedNetwork.Own(
                selection.CniArgs is { } args ? found.WithCniArgs(args) : found,
                known.ConfDir.PathOf(selection.Name)
            );
        }

        if (!known.Definitions.TryGetValue(selection.Key, out var definition))
            throw new CniException(MissingDefinition.Of(selection));

        var network = FromDefinition(definition, known);
        return selection.CniArgs is { } cniArgs
            ? network with
            {
                Configuration = About(definition, () => network.Configuration.WithCniArgs(cniArgs)),
            }
            : network;
    }

    /// <exception cref="CniException">Code 7; the text names the configuration key and its value.</exception>
    public static ResolvedNetwork Resolve(ConfiguredNetwork wanted, NetworkLookup demand, ResolvedNetworks known)
    {
        if (wanted.IsPath)
            return ResolvedNetwork.Own(known.Files[wanted.Value], wanted.Value);
        var key = demand.KeyOf(wanted);
        var definition = key is null ? null : known.Definitions.GetValueOrDefault(key);
        try
        {
            return definition is null
                ? ResolvedNetwork.Own(known.ConfDir.Named(wanted.Value), known.ConfDir.PathOf(wanted.Value))
                : FromDefinition(definition, known);
        }
        catch (CniException bad)
        {
            var noDefinition =
                definition is null && key is not null ? $"there is no network-attachment-definition {key}, and " : "";
            throw new CniException(bad.Error.Prefixed($"{wanted}: {noDefinition}"), bad);
        }
    }

    private static ResolvedNetwork FromDefinition(NetworkAttachmentDefinition definition, ResolvedNetworks known)
    {
        RequireDevices(definition, known);
        var text = Encoding.UTF8.GetBytes(definition.Config);
        var configuration = definition.HasNoConfig
            ? FromConfDir(definition, known.ConfDir)
            : About(definition, () => NetworkConfiguration.Parse(text).WithDefaultName(definition.Key.Name));
        return new ResolvedNetwork(configuration, definition.Key.ToString())
        {
            RunsAlone = RunsAlone(definition),
            ResourceName = definition.ResourceName,
            Origin = definition.HasNoConfig
                ? new NetworkOrigin(
                    $"{known.ConfDir.PathOf(definition.Key.Name)}, for {definition.Key}",
                    configuration.Bytes
                )
                : NetworkOrigin.OfDefinition(definition.Key.ToString(), text),
        };
    }

    // A network without the device that it is about would be another network.
    private static void RequireDevices(NetworkAttachmentDefinition definition, ResolvedNetworks known)
    {
        if (definition.ResourceName is { } resource && known.Devices is null)
        {
            throw new CniException(
                CniErrorCode.InvalidNetworkConfig,
                $"network {definition.Key} takes a device of {resource}, and this daemon asks no kubelet for devices",
                "set 'kubeletDir' in the daemon's configuration, or remove the annotation "
                    + $"{NetworkAttachmentDefinition.ResourceNameAnnotation}"
            );
        }
    }

    private static bool RunsAlone(NetworkAttachmentDefinition definition) =>
        definition.Annotations.GetValueOrDefault(NetworkAttachmentDefinition.AttachModeAnnotation) switch
        {
            null or "" or "parallel" => false,
            "sequential" => true,
            var other => throw new CniException(
                CniErrorCode.InvalidNetworkConfig,
                $"network-attachment-definition {definition.Key}: annotation "
                    + $"{NetworkAttachmentDefinition.AttachModeAnnotation} is \"{JsonText.Excerpt(other)}\", must "
                    + "be parallel or sequential"
            ),
        };

    private static NetworkConfiguration FromConfDir(NetworkAttachmentDefinition definition, ConfigurationFolder confDir)
    {
        try
        {
            return confDir.Named(definition.Key.Name);
        }
        catch (CniException bad)
        {
            throw new CniException(
                bad.Error.Prefixed($"network-attachment-definition {definition.Key} has no spec.config: "),
                bad
            );
        }
    }

    private static NetworkConfiguration About(
        NetworkAttachmentDefinition definition,
        Func<NetworkConfiguration> configure
    )
    {
        try
        {
            return configure();
        }
        catch (CniException bad)
        {
            throw new CniException(bad.Error.Prefixed($"network-attachment-definition {definition.Key}: "), bad);
        }
    }
}
