using System.Collections.Immutable;
using Multus.Core.Garbage;
using Multus.Engine.Gc;
using Multus.Engine.State;

namespace Multus.Engine.Installation;

/// <summary>What is still attached on a node, by its records.</summary>
/// <param name="All">Every sandbox.</param>
public sealed record AttachedPods(ImmutableArray<KnownSandbox> All)
{
    /// <summary>Those with a network beyond the cluster's: nobody but Multus can detach it.</summary>
    public ImmutableArray<KnownSandbox> WithFurtherNetworks =>
        [.. All.Where(sandbox => sandbox.Attachments.Length > 1 || sandbox.Damage is not null)];

    /// <exception cref="IOException">The records cannot be read.</exception>
    /// <exception cref="Multus.Cni.CniException">As above, of the result cache.</exception>
    public static AttachedPods On(string cniDir) =>
        new(SandboxInventory.Read(new SandboxFiles(cniDir), _ => false).Sandboxes);

    /// <summary>A line for people: pod, sandbox, networks.</summary>
    public static string Words(KnownSandbox sandbox)
    {
        ArgumentNullException.ThrowIfNull(sandbox);
        var networks = string.Join(
            ", ",
            sandbox.Attachments.Select(attachment => $"{attachment.IfName} in {attachment.Network}")
        );
        return $"{(sandbox.Pod.IsPod ? sandbox.Pod.Key.ToString() : "no pod")} (sandbox {sandbox.Id}): "
            + (networks.Length > 0 ? networks : sandbox.Damage ?? "nothing known");
    }
}
