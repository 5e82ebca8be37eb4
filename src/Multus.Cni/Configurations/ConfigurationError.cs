using System.Text.Json;

namespace Multus.Cni.Configurations;

/// <summary>Errors in what somebody configured: code 7, one line.</summary>
internal static class ConfigurationError
{
    public static CniException Of(string message) => new(CniErrorCode.InvalidNetworkConfig, message);

    public static CniException Of(string prefix, JsonException cause) =>
        new(new CniError(CniErrorCode.InvalidNetworkConfig, prefix + LogText.OneLine(cause.Message)), cause);
}
