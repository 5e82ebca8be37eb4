namespace Multus.Engine.Plugins;

/// <summary>Log events 1200 and 1201.</summary>
internal static partial class PluginLog
{
    [LoggerMessage(1200, LogLevel.Warning, "plugin {PluginType} failed {Verb} of network {Network}: {Error}")]
    public static partial void Failed(
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
    public static partial void Stderr(ILogger log, string pluginType, string verb, string network, string stderr);
}
