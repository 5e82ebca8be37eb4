using System.Collections.Concurrent;
using System.Globalization;
using Prometheus;

namespace Multus.Host.Metrics;

/// <summary>What the API server is asked.</summary>
internal sealed class ApiMetrics(Instruments instruments)
{
    private readonly Counter _requests = instruments.Counter(
        "multus_api_requests_total",
        "Requests to the API server, by status of the answer; code none: there was no answer",
        "verb",
        "code"
    );

    private readonly ConcurrentDictionary<(string Verb, int Status), Counter.Child> _series = new();

    /// <param name="verb">As RBAC has it.</param>
    /// <param name="status">Of the answer; 0: there was none.</param>
    public void Answered(string verb, int status) =>
        _series
            .GetOrAdd(
                (verb, status),
                static (of, requests) =>
                    requests.WithLabels(
                        of.Verb,
                        of.Status == 0 ? "none" : of.Status.ToString(CultureInfo.InvariantCulture)
                    ),
                _requests
            )
            .Inc();
}
