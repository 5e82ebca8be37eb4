namespace Multus.Engine.Plugins;

/// <summary>Bounds of one plugin process.</summary>
/// <param name="Deadline">How long it may run before its process group is killed.</param>
/// <param name="MaxStdout">Bytes of stdout it may print before it is killed.</param>
/// <param name="MaxStderr">Bytes of stderr that are kept; the rest is dropped.</param>
public sealed record PluginLimits(TimeSpan Deadline, int MaxStdout, int MaxStderr)
{
    /// <summary>Where there is no akka.hocon, which has the same.</summary>
    public static PluginLimits Usual { get; } = new(TimeSpan.FromSeconds(120), 1 << 20, 1 << 16);
}
