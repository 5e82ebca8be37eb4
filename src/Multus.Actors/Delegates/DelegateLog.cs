namespace Multus.Actors.Delegates;

/// <summary>Log events 1202–1299; those before are the engine's, which runs the plugins.</summary>
internal static partial class DelegateLog
{
    [LoggerMessage(
        1202,
        LogLevel.Error,
        "the runner of plugin type {PluginType} crashed; its processes were killed and its requests answered with "
            + "an error"
    )]
    public static partial void RunnerCrashed(ILogger log, string pluginType);
}
