namespace Multus.Engine.Plugins;

/// <summary>Bounds of one plugin process.</summary>
/// <param name="Deadline">How long it may run before its process group is killed.</param>
/// <param name="MaxStdout">Bytes of stdout it may print before it is killed.</param>
/// <param name="MaxStderr">Bytes of stderr that are kept; the rest is dropped.</param>
public sealed record PluginLimits(TimeSpan Deadline, int MaxStdout, int MaxStderr);
