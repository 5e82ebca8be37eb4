namespace Multus.Bench.Daemons;

/// <summary>The two binaries that are measured together.</summary>
/// <param name="Shim">A published multus-shim.</param>
/// <param name="Daemon">The multus-daemon of the same publication.</param>
internal sealed record Build(string Shim, string Daemon);
