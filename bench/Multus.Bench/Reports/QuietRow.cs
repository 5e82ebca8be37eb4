using Multus.Bench.Daemons;

namespace Multus.Bench.Reports;

/// <summary>The daemon without any pod.</summary>
/// <param name="StartMs">Median of its starts, until it is ready.</param>
/// <param name="Idle">With a folder of manifests as its cluster.</param>
/// <param name="Watching">With an API server that it watches.</param>
/// <param name="ScrapeMs">Median of its scrapes, <c>GET /metrics</c> on the socket.</param>
internal sealed record QuietRow(double StartMs, IdleDaemon Idle, IdleDaemon Watching, double ScrapeMs);
