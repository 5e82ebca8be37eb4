using Multus.Cni;
using Multus.Wire;
using Prometheus;

namespace Multus.Host.Metrics;

/// <summary>Requests to the socket and their answers.</summary>
internal sealed class RequestMetrics
{
    private const string Unknown = "unknown"; // as upstream has it of a method
    private const int GoneStatus = 499; // nobody waits for an answer any more

    private static readonly double[] Buckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    // Upstream's, with its labels in its order (wire-and-daemon.md §7.3).
    private readonly Counter _answers;
    private readonly Counter _requests;
    private readonly Durations _durations;
    private readonly Durations.Series?[] _took = new Durations.Series?[Enum.GetValues<CniCommand>().Length];
    private readonly TimeProvider _time;

    public RequestMetrics(Instruments instruments, TimeProvider time)
    {
        _time = time;
        _answers = instruments.Counter(
            "multus_server_request_total",
            "HTTP requests to the socket: upstream's metric",
            "handler",
            "code",
            "method"
        );
        _requests = instruments.Counter("multus_requests_total", "CNI requests that were answered", "verb", "outcome");
        _durations = instruments.Durations(
            "multus_request_seconds",
            "From the last byte of a CNI request to its answer, the wait for its turn included",
            Buckets,
            "verb"
        );
        foreach (var verb in (CniCommand[])[CniCommand.Add, CniCommand.Del])
        {
            // There before the first request: what appears with a value has not grown, for who asks how it grows.
            _requests.WithLabels(verb.ToWire(), Outcome.Success).Inc(0);
            _took[(int)verb] = _durations.Of(verb.ToWire());
        }
    }

    /// <summary>A request has come.</summary>
    public Request Begin() => new(this);

    private void End(HttpContext context, Request request)
    {
        var status = context.RequestAborted.IsCancellationRequested ? GoneStatus : context.Response.StatusCode;
        _answers
            .WithLabels(HandlerOf(context.Request.Path.Value), CodeOf(status), MethodOf(context.Request.Method))
            .Inc();
        if (request.Verb is not { } verb)
            return;
        _requests.WithLabels(verb.ToWire(), status == GoneStatus ? "client_gone" : Outcome.Of(request.Error)).Inc();
        (_took[(int)verb] ??= _durations.Of(verb.ToWire())).Observe(_time.GetElapsedTime(request.Since));
    }

    private static string HandlerOf(string? path) =>
        path switch
        {
            WirePaths.Cni => WirePaths.Cni,
            WirePaths.Delegate => WirePaths.Delegate,
            WirePaths.Health => WirePaths.Health,
            WirePaths.Ready => WirePaths.Ready,
            WirePaths.Handover => WirePaths.Handover,
            MetricsPage.Path => MetricsPage.Path,
            _ => "NotFound",
        };

    private static string MethodOf(string method) =>
        method switch
        {
            "GET" => "get",
            "POST" => "post",
            "PUT" => "put",
            "HEAD" => "head",
            "DELETE" => "delete",
            "OPTIONS" => "options",
            _ => Unknown,
        };

    private static string CodeOf(int status) =>
        status switch
        {
            StatusCodes.Status200OK => "200",
            StatusCodes.Status400BadRequest => "400",
            _ => status.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };

    /// <summary>One request, from its first byte to its answer.</summary>
    internal sealed class Request(RequestMetrics all)
    {
        /// <summary>Null: it asks for no CNI verb, or for none that there is.</summary>
        public CniCommand? Verb { get; private set; }

        public CniError? Error { get; private set; }

        /// <summary>When it was there as a whole.</summary>
        public long Since { get; private set; }

        /// <summary>Its body is here.</summary>
        public void Asks(CniRequestBody body)
        {
            // VERSION is the shim's to answer.
            Verb =
                CniCommands.TryParse(body.Variable("CNI_COMMAND"), out var verb) && verb != CniCommand.Version
                    ? verb
                    : null;
            Since = all.Now;
        }

        public void Failed(CniError error) => Error = error;

        public void End(HttpContext context) => all.End(context, this);
    }

    private long Now => _time.GetTimestamp();
}
