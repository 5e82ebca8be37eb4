using System.Text;
using Multus.Cni;
using Multus.Core.Configuration;
using Multus.Core.Pods;
using Multus.Engine.Requests;

namespace Multus.Engine.Tests;

/// <summary>A request as a runtime makes it.</summary>
internal static class Requested
{
    public static SandboxRequest By(string id, string sandbox, string pod = "web") =>
        new(
            id,
            SandboxId.Parse(sandbox),
            "/run/netns/x",
            InterfaceName.Parse("eth0"),
            new PodIdentity("shop", pod, sandbox, "u1"),
            MultusConfiguration.Parse(
                Encoding.UTF8.GetBytes(
                    """{"cniVersion":"1.0.0","name":"multus","type":"multus-shim","clusterNetwork":"/etc/cni/net.d/10-x.conf"}"""
                ),
                default
            ),
            ["/opt/cni/bin"]
        );
}
