using System.Text;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Cni.Runtime;
using Multus.Core.Planning;
using Multus.Core.Pods;
using Multus.Core.Records;

namespace Multus.Ctl.Tests;

/// <summary>Records of sandboxes as the daemon writes them.</summary>
internal static class CtlRecords
{
    /// <param name="boot">The start of the machine in which it was attached.</param>
    /// <param name="interfaces">Of its networks; the first is the cluster network's.</param>
    public static string Of(
        string sandbox,
        string? boot,
        string netNs = "/run/netns/gone",
        string uid = "",
        params string[] interfaces
    )
    {
        string[] names = interfaces.Length == 0 ? ["eth0"] : interfaces;
        var id = SandboxId.Parse(sandbox);
        return Encoding.UTF8.GetString(
            SandboxRecord.Write(
                new AttachmentPlan(
                    id,
                    netNs,
                    new PodIdentity("default", "web", sandbox, uid),
                    CniVersion.V100,
                    [.. names.Select((name, index) => Planned(id, netNs, name, index))]
                )
                {
                    Boot = boot,
                    RuntimeIfName = "eth0",
                }
            )
        );
    }

    private static PlannedAttachment Planned(SandboxId id, string netNs, string ifName, int index)
    {
        var network = NetworkConfiguration.Parse(
            Encoding.UTF8.GetBytes($$"""{"cniVersion": "1.0.0", "name": "net-{{index}}", "type": "bridge"}""")
        );
        var parameters = new AttachmentParameters(id, netNs, ifName, [], [], ["/opt/cni/bin"]);
        return new PlannedAttachment(index, network.Name, index == 0, network, parameters, parameters, null);
    }
}
