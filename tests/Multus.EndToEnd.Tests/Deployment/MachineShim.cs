using Multus.EndToEnd.Tests.Nodes;
using Multus.TestSupport;

namespace Multus.EndToEnd.Tests.Deployment;

/// <summary>The plugin on a <see cref="Machine"/>.</summary>
internal static class MachineShim
{
    /// <summary>
    /// Runs the plugin that is installed, with the configuration that is installed, as the container runtime does.
    /// </summary>
    public static ShimRun Shim(
        this Machine machine,
        string command,
        TestSandbox sandbox,
        string binDir = "/opt/cni/bin",
        string confDir = "/etc/cni/net.d",
        string plugin = "multus-shim"
    )
    {
        var ran = machine.Try(
            "env",
            "-i",
            "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
            $"CNI_COMMAND={command}",
            $"CNI_CONTAINERID={sandbox.Id}",
            "CNI_IFNAME=eth0",
            $"CNI_NETNS={sandbox.NetNs}",
            $"CNI_ARGS={sandbox.CniArgs}",
            $"CNI_PATH={binDir}",
            "sh",
            "-c",
            $"exec {binDir}/{plugin} <{confDir}/00-multus.conf"
        );
        return new ShimRun($"{command} of {sandbox.Pod}", ran.ExitCode, ran.Stdout, ran.Stderr);
    }
}
