using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Core.Configuration;
using Multus.Core.Networks;

namespace Multus.Actors.Sandboxes;

/// <summary>Finds the configuration of the cluster network: a file, a folder, or a network attachment definition by name (attach.md §5).</summary>
internal static class ClusterNetworkSource
{
    private static readonly string[] Extensions = [".conf", ".conflist", ".json"];

    /// <exception cref="CniException">Not found or not valid: names what was looked at.</exception>
    public static async Task<NetworkConfiguration> LoadAsync(MultusConfiguration configuration, SandboxServices services, CancellationToken cancel)
    {
        var wanted = configuration.ClusterNetwork;
        if (wanted.Length == 0)
            return configuration.Delegates[0]; // the configuration was refused if it had neither

        try
        {
            if (!wanted.Contains('/'))
                return await FromDefinitionAsync(wanted, configuration, services, cancel).ConfigureAwait(false);
            return Directory.Exists(wanted) ? FromFolder(wanted) : NetworkConfiguration.Parse(File.ReadAllBytes(wanted));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CniException(new CniError(CniErrorCode.InvalidNetworkConfig, $"clusterNetwork {wanted} cannot be read: {e.Message}"), e);
        }
        catch (CniException e) when (wanted.Contains('/') && !Directory.Exists(wanted))
        {
            throw new CniException(e.Error with { Message = $"clusterNetwork {wanted}: {e.Error.Message}" }, e);
        }
    }

    private static NetworkConfiguration FromFolder(string folder) => ConfigurationFiles.FirstOf(
        [
            .. Directory.EnumerateFiles(folder)
                .Where(path => Extensions.Contains(Path.GetExtension(path)))
                .Order(StringComparer.Ordinal)
                .Select(path => (path, (ReadOnlyMemory<byte>)File.ReadAllBytes(path))),
        ],
        folder);

    private static async Task<NetworkConfiguration> FromDefinitionAsync(
        string name, MultusConfiguration configuration, SandboxServices services, CancellationToken cancel)
    {
        var key = new NetworkKey(configuration.MultusNamespace, name);
        var found = await services.FindNetworksAsync([key], cancel).ConfigureAwait(false);
        if (!found.TryGetValue(key, out var definition))
        {
            throw new CniException(CniErrorCode.InvalidNetworkConfig,
                $"clusterNetwork {name}: there is no network-attachment-definition {key} in {services.ClusterName}; name one that exists, or give a path");
        }

        return NetworkConfiguration.Parse(System.Text.Encoding.UTF8.GetBytes(definition.Config)).WithDefaultName(name);
    }
}
