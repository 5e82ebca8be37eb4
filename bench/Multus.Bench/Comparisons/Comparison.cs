using System.Globalization;
using Multus.Bench.Daemons;
using Multus.Bench.Nodes;
using Multus.Bench.Runs;
using Multus.Bench.Workloads;
using Multus.Linux.Processes;

namespace Multus.Bench.Comparisons;

/// <summary>
/// Measures another build and today's in the same run, round after round, side by side: what else the machine does
/// falls on both alike.
/// </summary>
internal sealed class Comparison(BenchOptions options, Build against, IProcessRunner processes, TimeProvider time)
{
    private const int Before = 0;
    private const int Now = 1;
    private const int StartsPerRound = 5;

    private static readonly FigureKind[] OneAtATime = [FigureKind.AddP50, FigureKind.DelP50, FigureKind.CpuPerPod];
    private static readonly FigureKind[] Crowds =
    [
        FigureKind.AddsPerSecond,
        FigureKind.DelsPerSecond,
        FigureKind.CpuPerPod,
        FigureKind.Peak,
    ];

    private readonly NodeFolders _folders = new(options);
    private readonly Build[] _builds = [against, options.Build];
    private readonly List<Figure> _figures = [];
    private readonly List<string> _errors = [];

    /// <summary>In the table's order.</summary>
    public IReadOnlyList<Figure> Figures => _figures;

    /// <summary>Failed requests, and what was left behind, of either build.</summary>
    public IReadOnlyList<string> Errors => _errors;

    public async Task RunAsync(IReadOnlyList<Workload> workloads, CancellationToken cancel)
    {
        await NetworkNamespaces.MakeAsync(
            new Shell(processes),
            options.Prefix,
            workloads.Append(CrowdedDisk.Workload).Max(workload => workload.Pods),
            cancel
        );
        var quiet = new Quiet(processes, time, _folders);
        var pairs = new PairRunner(options, processes, time, _folders);
        for (var round = 0; round < options.Rounds; round++)
        {
            await Console.Error.WriteLineAsync(
                string.Create(CultureInfo.InvariantCulture, $"round {round + 1} of {options.Rounds}")
            );
            if (options.Only.Length == 0)
                await MeasureQuietAsync(quiet, cancel);
            foreach (var workload in workloads)
                Take(workload, round, await pairs.RunAsync(_builds, workload, round, cancel));
        }

        if (CrowdedDisk.Description.Contains(options.Only, StringComparison.Ordinal))
            await MeasureRecordsAsync(cancel);
    }

    private async Task MeasureQuietAsync(Quiet quiet, CancellationToken cancel)
    {
        var starts = await quiet.StartMillisecondsAsync(_builds, StartsPerRound, cancel);
        Add("start to ready, ms", ComparisonGoals.Start, Median.Of(starts[Before]), Median.Of(starts[Now]));

        var idle = await quiet.IdleAsync(_builds, WorkloadList.Idle, cancel);
        Add("resident after start, MB", ComparisonGoals.Resident, idle, daemon => daemon.ResidentMb);
        Add("private dirty after start, MB", ComparisonGoals.PrivateDirty, idle, daemon => daemon.PrivateDirtyMb);
        Add("idle, context switches per s", ComparisonGoals.IdleSwitches, idle, daemon => daemon.SwitchesPerSecond);
        Add("idle, % of a core", ComparisonGoals.IdleCpu, idle, daemon => daemon.CpuPercent);

        var watching = await quiet.IdleAsync(_builds, WorkloadList.IdleOnApiServer, cancel);
        Add(
            "API server: idle, context switches per s",
            ComparisonGoals.IdleSwitches,
            watching,
            daemon => daemon.SwitchesPerSecond
        );
        Add("API server: idle, % of a core", ComparisonGoals.IdleCpu, watching, daemon => daemon.CpuPercent);
        Add("API server: resident after start, MB", limit: null, watching, daemon => daemon.ResidentMb);
    }

    private async Task MeasureRecordsAsync(CancellationToken cancel)
    {
        var (empty, crowded) = await new CrowdedDisk(processes, time, _folders, options.Prefix).RunAsync(
            options.Build,
            cancel
        );
        Add(
            string.Create(
                CultureInfo.InvariantCulture,
                $"DEL p50, ms, today's build: no record on disk, and {CrowdedDisk.Records:N0}"
            ),
            ComparisonGoals.Records,
            empty,
            crowded
        );
    }

    private void Take(Workload workload, int round, Sample[] samples)
    {
        var errors = samples
            .SelectMany(
                (sample, build) =>
                    sample.Errors.Select(error =>
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"round {round + 1}, {(build == Before ? "before" : "now")}, {workload}: {error}"
                        )
                    )
            )
            .ToList();
        _errors.AddRange(errors);
        foreach (var kind in workload.Concurrency == 1 ? OneAtATime : Crowds)
        {
            var figure = Named(
                $"{workload.ShortName}: {Name(kind)}",
                ComparisonGoals.For(workload, kind),
                kind is FigureKind.AddsPerSecond or FigureKind.DelsPerSecond
            );
            if (errors.Count == 0) // requests that fail are quick: their round proves nothing
                figure.Add(samples[Before].Value(kind), samples[Now].Value(kind));
        }
    }

    private void Add(string what, Limit? limit, IdleDaemon[] idle, Func<IdleDaemon, double> value) =>
        Add(what, limit, value(idle[Before]), value(idle[Now]));

    private void Add(string what, Limit? limit, double before, double now) => Named(what, limit).Add(before, now);

    private Figure Named(string what, Limit? limit, bool isRate = false)
    {
        var figure = _figures.Find(figure => figure.What == what);
        if (figure is null)
            _figures.Add(figure = new Figure(what, limit, isRate));
        return figure;
    }

    private static string Name(FigureKind kind) =>
        kind switch
        {
            FigureKind.AddP50 => "ADD p50, ms",
            FigureKind.DelP50 => "DEL p50, ms",
            FigureKind.AddsPerSecond => "ADD per s",
            FigureKind.DelsPerSecond => "DEL per s",
            FigureKind.CpuPerPod => "daemon CPU per pod, ms",
            FigureKind.Peak => "daemon peak, MB",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "a workload has no such figure"),
        };
}
