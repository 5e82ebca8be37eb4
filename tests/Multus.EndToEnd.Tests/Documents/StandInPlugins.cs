using Multus.EndToEnd.Tests.Deployment;
using Multus.TestSupport;

namespace Multus.EndToEnd.Tests.Documents;

/// <summary>Plugins that documents use and that this machine has no card or no cluster for.</summary>
internal static class StandInPlugins
{
    // Has no card to take the device from, and refuses to work without one.
    private const string Sriov = """
        #!/bin/sh
        config=$(cat)
        case $CNI_COMMAND in
          ADD)
            case $config in
              *'"deviceID":"0000:'*) echo '{"cniVersion":"0.3.1"}' ;;
              *) echo '{"cniVersion":"0.3.1","code":100,"msg":"no deviceID"}'; exit 1 ;;
            esac ;;
          VERSION) echo '{"cniVersion":"1.0.0","supportedVersions":["0.3.1","0.4.0","1.0.0"]}' ;;
        esac
        """;

    // Gives addresses of the one node that there is.
    private const string Whereabouts = """
        #!/bin/sh
        sed 's/"type": *"whereabouts"/"type":"host-local"/; s/"range":/"subnet":/' | /opt/cni/bin/host-local
        """;

    public static void Install(Machine machine)
    {
        foreach (var (name, script) in ((string, string)[])[("sriov", Sriov), ("whereabouts", Whereabouts)])
        {
            machine.Write($"/opt/cni/bin/{name}", script);
            machine.Run("chmod", "+x", $"/opt/cni/bin/{name}");
        }
    }
}
