using Multus.Cni;
using Multus.Core.Configuration;
using Multus.Core.Pods;
using Multus.Engine.Ports;
using Multus.Engine.Requests;

namespace Multus.Host.Tests.Metrics;

/// <summary>Phases of operations for who listens to them.</summary>
internal static class Phases
{
    public static OperationPhase.Begun Begun(string request, SandboxId sandbox, CniCommand verb) =>
        new(
            request,
            sandbox,
            verb,
            new SandboxRequest(
                request,
                sandbox,
                "/run/netns/x",
                InterfaceName.Parse("eth0"),
                new PodIdentity("shop", "web", sandbox.Value, "u1"),
                ConfigurationOverlay.None.Settings,
                []
            )
        );
}
