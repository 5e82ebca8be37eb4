using System.Collections.Immutable;
using Multus.Engine.Activity;
using Multus.Engine.Installation;
using Multus.Host.Logging;
using Prometheus;

namespace Multus.Host.Metrics;

/// <summary>The daemon as a whole. One thread at a time.</summary>
internal sealed class StateMetrics
{
    private readonly Gauge _ready;
    private readonly Gauge _faults;
    private readonly Gauge _oldest;
    private readonly Growing _restored;
    private readonly Growing _changes;
    private readonly Gauge _givenUp;
    private readonly Counter _lost;
    private readonly Dictionary<(string Place, string Reason), Growing> _losses = [];

    public StateMetrics(Instruments instruments)
    {
        var build = instruments.Gauge("multus_build_info", "1, with the version of the daemon", "version", "commit");
        var version = ProductVersion.Number.Split('+', 2);
        build.WithLabels(version[0], version.Length > 1 ? version[1] : "").Set(1);
        _ready = instruments.Gauge("multus_ready", "1: the node can attach pods, as /readyz says");
        _faults = instruments.Gauge("multus_faults", "What somebody has to mend: faults of /healthz");
        _oldest = instruments.Gauge("multus_operation_oldest_seconds", "Age of the oldest operation under way");
        _restored = new Growing(
            instruments.Counter(
                "multus_runtime_config_restored_total",
                "How often the runtime's configuration was put back after somebody changed it"
            )
        );
        _changes = new Growing(
            instruments.Counter(
                "multus_runtime_config_network_changes_total",
                "How often another cluster network took the place of one"
            )
        );
        _givenUp = instruments.Gauge(
            "multus_runtime_config_given_up",
            "1: somebody insists on another runtime's configuration"
        );
        _lost = instruments.Counter(
            "multus_log_lines_lost_total",
            "Lines that a place of the log lost: dropped for want of room, failed to be written",
            "place",
            "reason"
        );
    }

    /// <param name="isReady">As <c>/readyz</c> has it.</param>
    /// <param name="faults">How many.</param>
    /// <param name="runtime">Null: that file is not the daemon's.</param>
    /// <param name="losses">Of the log.</param>
    /// <param name="operations">The oldest first.</param>
    public void Update(
        bool isReady,
        int faults,
        RuntimeConfigState? runtime,
        ImmutableArray<LogLoss> losses,
        ImmutableArray<OperationView> operations
    )
    {
        _ready.Set(isReady ? 1 : 0);
        _faults.Set(faults);
        _oldest.Set(operations.IsEmpty ? 0 : operations[0].Age.TotalSeconds);
        if (runtime is not null)
        {
            _restored.GrowTo(runtime.Restored);
            _changes.GrowTo(runtime.Changes);
            _givenUp.Set(runtime.IsGivenUp ? 1 : 0);
        }

        foreach (var loss in losses)
        {
            Lost(loss.Place, "dropped", loss.Dropped);
            Lost(loss.Place, "failed", loss.Failed);
        }
    }

    private void Lost(string place, string reason, long count)
    {
        if (!_losses.TryGetValue((place, reason), out var lost))
            _losses.Add((place, reason), lost = new Growing(_lost.WithLabels(place, reason)));
        lost.GrowTo(count);
    }
}
