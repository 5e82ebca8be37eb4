using System.Collections.Immutable;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Core.Configuration;
using Multus.Core.Planning;

namespace Multus.Actors.Sandboxes;

/// <summary>Gathers what a plan needs to know of the networks that it names: definitions from the cluster, configurations from the node's disk (attach.md §5, §8).</summary>
internal static class NetworkSource
{
    /// <exception cref="CniException">Code 7: a path, or an auxiliary chain, that the configuration names has no usable network. Code 11: the cluster cannot be asked.</exception>
    public static async Task<KnownNetworks> GatherAsync(NetworkDemand demand, MultusConfiguration c, SandboxServices services, CancellationToken cancel)
    {
        var chain = AuxiliaryChain.Of(c);
        var definitions = await services.FindNetworksAsync(demand.Definitions, cancel).ConfigureAwait(false);
        var files = demand.Paths.DistinctBy(network => network.Value).ToImmutableDictionary(network => network.Value, Load);
        var folder = demand.NeedsConfDir(definitions) ? ConfigurationReader.ReadFolder(c.ConfDir) : new(c.ConfDir, []);
        return new KnownNetworks(definitions, files, folder) { AuxiliaryChain = chain?.Complete(ConfigurationReader.ReadFragments(chain.Folder)) };
    }

    private static NetworkConfiguration Load(ConfiguredNetwork wanted)
    {
        var isFolder = Directory.Exists(wanted.Value);
        try
        {
            return isFolder ? ConfigurationReader.ReadFolder(wanted.Value).First() : ConfigurationReader.ReadFile(wanted.Value).Complete();
        }
        catch (CniException e)
        {
            throw new CniException(e.Error.Prefixed(isFolder ? $"{wanted.Key}: " : $"{wanted.Key} "), e);
        }
    }
}
