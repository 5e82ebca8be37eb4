namespace Multus.Cni;

/// <summary>The well-known error codes of the specification (cni-runtime.md §9). Plugins own 100 and above.</summary>
public static class CniErrorCode
{
    public const uint IncompatibleVersion = 1;
    public const uint UnsupportedField = 2;
    public const uint UnknownContainer = 3;
    public const uint InvalidEnvironment = 4;
    public const uint Io = 5;
    public const uint Decode = 6;
    public const uint InvalidNetworkConfig = 7;
    public const uint InvalidNetNs = 8;
    public const uint TryAgainLater = 11;
    public const uint PluginNotAvailable = 50;
    public const uint LimitedConnectivity = 51;
    public const uint Internal = 999;
}
