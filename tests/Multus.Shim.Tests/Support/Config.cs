namespace Multus.Shim.Tests.Support;

/// <summary>A CNI configuration as the runtime hands it to the shim on stdin.</summary>
public static class Config
{
    public static string In(TempFolder folder, string version = "1.1.0", string more = "\"daemonWaitSeconds\":30") =>
        $$"""{"cniVersion":"{{version}}","name":"multus-cni-network","type":"multus-shim","daemonSocketDir":"{{folder.Path}}","cniDir":"{{folder.In("cni")}}",{{more}}}""";
}
