using System.Collections.Immutable;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Core.Configuration;
using Multus.Core.Devices;
using Multus.Core.Planning;
using Multus.Core.Pods;
using Multus.Kubernetes;

namespace Multus.Actors.Sandboxes;

/// <summary>
/// Gathers what a plan needs to know of the networks that it names: definitions from the cluster, configurations from
/// the node's disk (attach.md §5, §8).
/// </summary>
internal static class NetworkSource
{
    /// <param name="pod">Whose devices count; <see cref="PodIdentity.None"/> when no device is to be given out.</param>
    /// <param name="fromMemory">No API server is asked for definitions.</param>
    /// <exception cref="CniException">
    /// Code 7: a path, or an auxiliary chain, that the configuration names has no usable network. Code 11: the cluster,
    /// or the node's devices, cannot be asked for.
    /// </exception>
    public static async Task<ResolvedNetworks> GatherAsync(
        NetworkLookup demand,
        MultusConfiguration c,
        PodIdentity pod,
        SandboxServices services,
        CancellationToken cancel,
        bool fromMemory = false
    )
    {
        var chain = AuxiliaryChain.Of(c, Directory.Exists);
        var definitions = await services
            .FindNetworksAsync(demand.Definitions, cancel, fromMemory)
            .ConfigureAwait(false);
        var files = demand
            .Paths.DistinctBy(network => network.Value)
            .ToImmutableDictionary(network => network.Value, Load);
        var folder = demand.NeedsConfDir(definitions) ? ConfigurationReader.ReadFolder(c.ConfDir) : new(c.ConfDir, []);
        return new ResolvedNetworks(definitions, files, folder)
        {
            AuxiliaryChain = chain?.Complete(ConfigurationReader.ReadFragments(chain.Folder)),
            Devices = await DevicesAsync(demand.NeedsDevices(definitions), pod, services, cancel).ConfigureAwait(false),
        };
    }

    // Asked once for all networks of an ADD, and only when one takes a device: a kubelet may have a whole node to list.
    private static async Task<ImmutableArray<PodDevice>?> DevicesAsync(
        bool areNeeded,
        PodIdentity pod,
        SandboxServices services,
        CancellationToken cancel
    )
    {
        if (services.Devices is null)
            return null;
        if (!areNeeded || !pod.IsPod)
            return [];

        try
        {
            return await services.Devices.ReadAsync(pod.Key, pod.Uid, cancel).ConfigureAwait(false);
        }
        catch (KubernetesException e)
        {
            throw new CniException(
                new CniError(
                    CniErrorCode.TryAgainLater,
                    e.Message,
                    "a network of the pod takes a device, and which one cannot be found out"
                ),
                e
            );
        }
    }

    private static NetworkConfiguration Load(ConfiguredNetwork wanted)
    {
        var isFolder = Directory.Exists(wanted.Value);
        try
        {
            return isFolder
                ? ConfigurationReader.ReadFolder(wanted.Value).First()
                : ConfigurationReader.ReadFile(wanted.Value).Complete();
        }
        catch (CniException e)
        {
            throw new CniException(e.Error.Prefixed(isFolder ? $"{wanted.Key}: " : $"{wanted.Key} "), e);
        }
    }
}
