namespace Multus.Bench;

/// <summary>
/// The benchmark cannot measure: wrong options, a missing file, a daemon that does not start, plugins that fail when
/// run directly.
/// </summary>
internal sealed class BenchException : Exception
{
    public BenchException(string message)
        : base(message) { }
}
