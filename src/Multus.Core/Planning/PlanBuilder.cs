using System.Collections.Immutable;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Cni.Runtime;
using Multus.Core.Devices;
using Multus.Core.Networks;
using Multus.Core.Routes;

namespace Multus.Core.Planning;

/// <summary>Puts one plan together, attachment by attachment, and refuses the first one that cannot work.</summary>
internal sealed class PlanBuilder
{
    private readonly PlanRequest _request;
    private readonly ImmutableArray<PlannedAttachment>.Builder _attachments =
        ImmutableArray.CreateBuilder<PlannedAttachment>();
    private readonly Dictionary<string, string> _networkOfInterface = new(StringComparer.Ordinal);
    private readonly ImmutableArray<KeyValuePair<string, string>> _args;
    private readonly HashSet<string> _askedFor;
    private readonly DevicePool _devices;
    private int _lastNumber;

    /// <param name="present">What the sandbox has already.</param>
    /// <param name="askedFor">The interface names that selections still to come ask for.</param>
    /// <param name="devices">The devices of the pod.</param>
    public PlanBuilder(
        PlanRequest request,
        ImmutableArray<PlannedAttachment> present,
        IEnumerable<string?> askedFor,
        DevicePool devices
    )
    {
        _request = request;
        _devices = devices;
        _askedFor = [.. askedFor.OfType<string>()];
        _args = request.Pod.DelegateArgs();
        foreach (var attachment in present)
        {
            _attachments.Add(attachment);
            _networkOfInterface.TryAdd(attachment.Parameters.IfName, attachment.DisplayName);
        }
    }

    /// <param name="selection">
    /// What the pod asked for, <c>null</c> for the cluster network. All of it counts, as with any other network; unlike
    /// upstream, which has only the interface's name, its MAC and its addresses reach the master.
    /// </param>
    public void AddMaster(ResolvedNetwork network, NetworkSelection? selection)
    {
        var ifName = selection?.InterfaceRequest ?? _request.IfName.Value;
        Add(network, ifName, isMaster: true, selection);
    }

    /// <param name="selection">What the pod asked for, <c>null</c> for networks that every pod gets.</param>
    public void AddOther(ResolvedNetwork network, NetworkSelection? selection)
    {
        var ifName = selection?.InterfaceRequest ?? NextName();
        Add(network, ifName, isMaster: false, selection);
    }

    /// <summary>
    /// Adds the chain that runs after everything else. It makes no interface, so its name gives way to those that are
    /// asked for.
    /// </summary>
    public void AddAuxiliary(NetworkConfiguration chain)
    {
        var number = _attachments.Count;
        while (_networkOfInterface.ContainsKey($"{_request.Configuration.Dialect.InterfacePrefix}{number}"))
            number++;
        var ifName = $"{_request.Configuration.Dialect.InterfacePrefix}{number}";
        var network = ResolvedNetwork.Own(chain, "auxiliaryCNIChainName") with { RunsAlone = true };
        Add(network, ifName, isMaster: false, null);
    }

    public AttachmentPlan Build()
    {
        var attachments = _attachments.ToImmutable();
        _ = DefaultRouteRequest.Of(attachments); // refuses what could only fail after all delegates have run
        return new AttachmentPlan(
            _request.Sandbox,
            _request.NetNs,
            _request.Pod,
            _request.Configuration.Version,
            attachments
        );
    }

    private string NextName()
    {
        var dialect = _request.Configuration.Dialect;
        if (!dialect.SkipsTakenNames)
            return $"{dialect.InterfacePrefix}{_attachments.Count}";

        string name;
        do name = $"{dialect.InterfacePrefix}{++_lastNumber}";
        while (_askedFor.Contains(name) || _networkOfInterface.ContainsKey(name));
        return name;
    }

    private void Add(ResolvedNetwork resolved, string ifName, bool isMaster, NetworkSelection? selection)
    {
        var (network, displayName) = (resolved.Configuration, resolved.DisplayName);
        RequireUsable(network, displayName);
        ClaimInterface(ifName, displayName);
        var given = TakeDevice(resolved, selection);
        var device = given ?? selection?.DeviceId;
        var deviceInfo = DeviceInfoLocation.FileIn(
            _request.Configuration.DeviceInfoDir,
            displayName,
            _request.Sandbox.Value,
            ifName
        );
        var capabilities = isMaster
            ? CapabilityArguments.ForMaster(_request.Configuration.RuntimeConfig, selection, device, deviceInfo)
            : CapabilityArguments.ForOther(_request.Configuration.RuntimeConfig, selection, device, deviceInfo);
        network = given is null ? network : network.WithDevice(given);
        BandwidthRules.Require(network, displayName, capabilities);
        var args = isMaster ? _args.AddRange(_request.ClusterArgs) : _args;
        var parameters = new AttachmentParameters(
            _request.Sandbox,
            _request.NetNs,
            ifName,
            args,
            capabilities,
            _request.PluginPath
        );
        _attachments.Add(
            new PlannedAttachment(
                _attachments.Count,
                displayName,
                isMaster,
                WithVersion(network),
                parameters,
                parameters with
                {
                    Args = AddressArguments.For(args, selection, network),
                },
                selection
            )
            {
                RunsAlone = resolved.RunsAlone,
                Origin = resolved.Origin,
                DeviceId = device,
                ResourceName = given is null ? null : resolved.ResourceName,
            }
        );
    }

    // A plugin that finds no device fails after others have run, and so does every retry: each with one address more
    // (user-pain 23).
    private string? TakeDevice(ResolvedNetwork network, NetworkSelection? selection)
    {
        if (network.ResourceName is not { } resource)
        {
            return selection?.DeviceContainer is not { } container
                ? null
                : throw new CniException(
                    CniErrorCode.InvalidNetworkConfig,
                    $"network {network.DisplayName} is to take a device of container '{container}', but takes no "
                        + "device",
                    "remove 'device-container' from the pod's annotation, or give the network the annotation "
                        + $"{NetworkAttachmentDefinition.ResourceNameAnnotation}"
                );
        }

        var device = _devices.Take(resource, selection, network.DisplayName);
        if (device is null && selection?.DeviceId is null)
        {
            throw new CniException(
                CniErrorCode.InvalidNetworkConfig,
                $"network {network.DisplayName} takes a device of {resource}, and the pod has none left",
                $"let one of the pod's containers request {resource}, as many as networks take one, or name a "
                    + "'deviceID' in the pod's annotation"
            );
        }

        return device;
    }

    // Upstream fills a missing version into a list on DEL only, and then reads an ADD result of version 0.1.0 as
    // something else. Ours is the same for every command.
    private NetworkConfiguration WithVersion(NetworkConfiguration network) =>
        network.IsList && _request.Configuration.Version > CniVersion.V010
            ? network.WithDefaultVersion(_request.Configuration.Version)
            : network;

    private static void RequireUsable(NetworkConfiguration network, string displayName)
    {
        if (ConfigurationFiles.RunsMultus(network))
        {
            throw new CniException(
                CniErrorCode.InvalidNetworkConfig,
                $"network {displayName} would run Multus again ({network.Types})",
                "name a configuration of another plugin"
            );
        }

        NetworkName.Parse(network.Name);
        if (network.Plugins.IsEmpty)
        {
            throw new CniException(
                CniErrorCode.InvalidNetworkConfig,
                $"network {displayName} has no plugins",
                "give its 'plugins' at least one element"
            );
        }

        if (!network.Version.IsSupported)
        {
            throw new CniException(
                CniErrorCode.IncompatibleVersion,
                $"network {displayName} has cniVersion \"{network.CniVersionText}\", which is not supported",
                $"supported: {string.Join(", ", CniVersion.Supported)}"
            );
        }
    }

    private void ClaimInterface(string ifName, string displayName)
    {
        if (_networkOfInterface.TryAdd(ifName, displayName))
            return;
        throw new CniException(
            CniErrorCode.InvalidNetworkConfig,
            $"interface name {ifName} is asked for twice: by network {_networkOfInterface[ifName]} and by network "
                + $"{displayName}",
            "give one of them another name in the pod's annotation"
        );
    }
}
