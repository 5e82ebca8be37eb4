using Multus.Cni;

namespace Multus.Host.Metrics;

/// <summary>How something ended, in one of a dozen words: a label.</summary>
internal static class Outcome
{
    public const string Success = "success";

    private const uint FirstOfPlugins = 100; // the specification leaves codes from here to plugins

    /// <param name="error">Null: it succeeded.</param>
    public static string Of(CniError? error) =>
        error?.Code switch
        {
            null => Success,
            CniErrorCode.TryAgainLater => "try_again_later",
            CniErrorCode.PluginNotAvailable or CniErrorCode.LimitedConnectivity => "not_available",
            CniErrorCode.IncompatibleVersion
            or CniErrorCode.UnsupportedField
            or CniErrorCode.Decode
            or CniErrorCode.InvalidNetworkConfig => "wrong_configuration",
            CniErrorCode.UnknownContainer or CniErrorCode.InvalidEnvironment => "wrong_request",
            CniErrorCode.InvalidNetNs => "no_namespace",
            CniErrorCode.Io => "io",
            CniErrorCode.Internal => "internal",
            >= FirstOfPlugins => "plugin",
            _ => "other",
        };
}
