using System.Collections.Immutable;
using Multus.Cni;
using Multus.Cni.Results;
using Multus.Core;
using Multus.Core.Planning;
using Multus.Engine.Ports;

namespace Multus.Engine.History;

/// <summary>
/// What is noted of one operation while it runs: times and references only, so that it costs the operation next to
/// nothing. Several plugins report at once: hence a lock, of this operation alone.
/// </summary>
internal sealed class RecordedOperation(OperationPhase.Begun begun, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly DateTimeOffset _began = time.GetUtcNow();
    private readonly long _from = time.GetTimestamp();
    private readonly List<(string Name, long At)> _steps =
    [
        (begun.Verb == CniCommand.Add ? "planning" : "plugins", time.GetTimestamp()),
    ];
    private readonly List<Run> _plugins = [];
    private readonly Dictionary<PlannedAttachment, CniResult> _results = [];
    private ImmutableArray<PlannedAttachment> _planned = [];
    private OperationPhase.RoutesChanged? _routes;
    private CniError? _error;
    private long _ended;

    public CniCommand Verb => begun.Verb;

    public void Note(OperationPhase phase)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            switch (phase)
            {
                case OperationPhase.Planned planned:
                    _planned = planned.Attachments;
                    _steps.Add(("attaching", now));
                    break;
                case OperationPhase.Attached attached:
                    _results[attached.Attachment] = attached.Result;
                    break;
                case OperationPhase.PluginStarted started:
                    _plugins.Add(new Run(started.Plugin, now));
                    break;
                case OperationPhase.PluginEnded ended:
                    _plugins.Find(run => run.Plugin == ended.Plugin)?.End(now, ended);
                    break;
                case OperationPhase.Routes:
                    _steps.Add(("routes", now));
                    break;
                case OperationPhase.RoutesChanged routes:
                    _routes = routes;
                    break;
                case OperationPhase.Status:
                    _steps.Add(("status", now));
                    break;
                case OperationPhase.Done done:
                    (_error, _ended) = (done.Error, now);
                    break;
                default:
                    break; // begun is the history's
            }
        }
    }

    /// <summary>What is remembered of it, once it is done.</summary>
    public OperationEntry ToEntry()
    {
        lock (_gate)
        {
            var steps = ImmutableArray.CreateBuilder<EntryStep>(_steps.Count);
            for (var i = 0; i < _steps.Count; i++)
            {
                var until = i + 1 < _steps.Count ? _steps[i + 1].At : _ended;
                steps.Add(new EntryStep(_steps[i].Name, Since(_steps[i].At), Between(_steps[i].At, until)));
            }

            return Frame(begun.RequestId, begun.Verb, begun.Request, _began, Between(_from, _ended)) with
            {
                Error = ErrorOf(_error),
                Steps = steps.MoveToImmutable(),
                Networks = Networks(),
                AttachMode = _planned.IsEmpty ? "" : begun.Request.Configuration.AttachMode.ToString(),
                Plugins = [.. _plugins.Select(PluginOf)],
                RoutesRemoved = _routes?.Removed ?? [],
                RoutesAdded = _routes?.Added ?? [],
            };
        }
    }

    /// <summary>Of a request, what does not depend on how far it came.</summary>
    public static OperationEntry Frame(
        string id,
        CniCommand verb,
        Requests.SandboxRequest request,
        DateTimeOffset began,
        double milliseconds
    ) =>
        new(id, verb.ToWire(), request.Sandbox.Value, began, milliseconds)
        {
            PodNamespace = request.Pod.Namespace,
            PodName = request.Pod.Name,
            PodUid = request.Pod.Uid,
            NetNs = request.NetNs ?? "",
            IfName = request.IfName.Value,
            CniDir = request.Configuration.CniDir,
        };

    public static EntryError? ErrorOf(CniError? error) =>
        error is null ? null : new EntryError(error.Code, error.Message, error.Details ?? "");

    private ImmutableArray<EntryNetwork> Networks()
    {
        if (_planned.IsEmpty)
            return [];

        var waves = AttachWaves.Of(_planned, begun.Request.Configuration.AttachMode);
        var networks = ImmutableArray.CreateBuilder<EntryNetwork>(_planned.Length);
        for (var i = 0; i < _planned.Length; i++)
        {
            var wave = 0;
            while (!waves[wave].Contains(i))
                wave++;
            networks.Add(NetworkOf(_planned[i], wave));
        }

        return networks.MoveToImmutable();
    }

    private EntryNetwork NetworkOf(PlannedAttachment planned, int wave)
    {
        var result = _results.GetValueOrDefault(planned);
        var ifName = planned.Parameters.IfName;
        return new EntryNetwork(
            planned.DisplayName,
            ifName,
            planned.Configuration.Types,
            planned.Origin?.Text ?? "",
            planned.Origin is { } origin ? StableHash.Of(origin.Content.Span) : "",
            wave
        )
        {
            Attached = result is not null,
            Addresses = result is null ? [] : [.. result.Ips.Select(ip => ip.Address)],
            Mac = result?.Interfaces.FirstOrDefault(made => made.Name == ifName)?.Mac ?? "",
        };
    }

    private EntryPlugin PluginOf(Run run) =>
        new(
            run.Plugin.Type,
            run.Plugin.Verb.ToWire(),
            run.Plugin.Network,
            run.Plugin.IfName,
            Since(run.At),
            run.Ended is { } ended ? Between(run.At, ended) : null
        )
        {
            Error = ErrorOf(run.Result?.Error),
            Stderr = run.Result?.Stderr ?? "",
        };

    private double Since(long at) => Between(_from, at);

    private double Between(long from, long until) => Math.Round(time.GetElapsedTime(from, until).TotalMilliseconds, 3);

    private sealed class Run(PluginRun plugin, long at)
    {
        public PluginRun Plugin => plugin;

        public long At => at;

        public long? Ended { get; private set; }

        public OperationPhase.PluginEnded? Result { get; private set; }

        public void End(long now, OperationPhase.PluginEnded result) => (Ended, Result) = (now, result);
    }
}
