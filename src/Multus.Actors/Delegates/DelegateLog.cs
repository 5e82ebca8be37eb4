namespace Multus.Actors.Delegates;

/// <summary>Log events 1200–1299.</summary>
internal static partial class DelegateLog
{
    [LoggerMessage(1200, LogLevel.Warning, "plugin {PluginType} failed {Verb} of network {Network}: {Error}")]
    public static partial void PluginFailed(
        ILogger log,
        string pluginType,
        string verb,
        string network,
        string error,
        Exception? crash
    );

    [LoggerMessage(
        1201,
        LogLevel.Debug,
        "plugin {PluginType} wrote to stderr during {Verb} of network {Network}: {Stderr}"
    )]
    public static partial void PluginStderr(ILogger log, string pluginType, string verb, string network, string stderr);

    [LoggerMessage(
        1202,
        LogLevel.Error,
        "the runner of plugin type {PluginType} crashed; its processes were killed and its requests answered with "
            + "an error"
    )]
    public static partial void RunnerCrashed(ILogger log, string pluginType);
}
