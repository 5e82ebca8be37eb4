using System.Collections.Immutable;
using Multus.Cni.Configurations;
using Multus.Engine.State;

namespace Multus.Engine.Networks;

/// <summary>Reads off the records which networks are in use on this node, and by whom.</summary>
public sealed class NetworkUsage(string cniDir)
{
    /// <summary>In the order of names. All records are read: some tens of microseconds for each.</summary>
    /// <exception cref="IOException">They cannot be read.</exception>
    /// <exception cref="Cni.CniException">As above, of the result cache.</exception>
    public ImmutableArray<NetworkUse> Read()
    {
        var networks = new SortedDictionary<string, (NetworkConfiguration As, List<NetworkUser> Users)>(
            StringComparer.Ordinal
        );
        foreach (var sandbox in new SandboxReader(new SandboxFiles(cniDir)).Stream())
        {
            if (sandbox.Plan is not { IsLeftover: false } plan)
                continue;
            var pod = plan.Pod.IsPod ? $"{plan.Pod.Namespace}/{plan.Pod.Name}" : "";
            foreach (var attachment in plan.Attachments)
            {
                var users = networks.GetValueOrDefault(attachment.DisplayName).Users ?? [];
                users.Add(new NetworkUser(plan.Sandbox.Value, pod, attachment.Parameters.IfName));
                networks[attachment.DisplayName] = (attachment.Configuration, users);
            }
        }

        var all = ImmutableArray.CreateBuilder<NetworkUse>(networks.Count);
        foreach (var (network, (configuration, users)) in networks)
        {
            users.Sort(static (one, other) => string.CompareOrdinal(one.Pod + one.IfName, other.Pod + other.IfName));
            all.Add(new NetworkUse(network, configuration, [.. users]));
        }

        return all.MoveToImmutable();
    }
}
