using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Multus.Actors.Health;
using Multus.Cni;
using Multus.Engine.Installation;
using Multus.Engine.Ports;
using Multus.Host.Logging;
using Multus.Host.Metrics;
using Multus.Wire;

namespace Multus.Host.Tests.Metrics;

/// <summary>A node of 250 pods to which everything has happened that makes a series.</summary>
internal static class FilledMetrics
{
    private static readonly string[] Actors =
    [
        "admission",
        "annotations",
        "cluster",
        "delegates",
        "events",
        "gc",
        "health",
        "netlink",
        "netlink-worker",
        "node",
        "pending-deletes",
        "plugin-runner",
        "sandbox",
        "sandboxes",
        "stale-sandboxes",
        "status",
    ];

    private static readonly uint[] Codes = [1, 4, 5, 8, 11, 42, 50, 100, 999];

    public static void Fill(NodeMetrics metrics)
    {
        var parts = ActorFigures
            .All.GroupBy(figure => figure.Part, StringComparer.Ordinal)
            .Select(part => new HealthProtocol.Figures(
                part.Key,
                [.. part.Select(figure => KeyValuePair.Create(figure.Figure, 1_234_567L))]
            ));
        metrics.Update(
            new NodeFigures(
                new HealthProtocol.Reply.Health(true, [.. parts], [], [])
                {
                    Actors = [.. Actors.Select(actor => new ActorVitals(actor, 250, 1000, 12))],
                },
                [],
                new RuntimeConfigState("/x", "", "", true, 10, 10, false),
                [new LogLoss("stderr", 100, 100), new LogLoss("file", 100, 100)],
                []
            )
        );
        foreach (var verb in Enum.GetValues<CniCommand>().Where(verb => verb != CniCommand.Version))
        {
            Requests(metrics, verb);
            Plugins(metrics, verb);
        }

        foreach (var verb in (string[])["get", "list", "watch", "create", "patch", "update"])
        {
            foreach (var status in (int[])[0, 200, 201, 403, 404, 409, 429, 500, 503])
                metrics.Api.Answered(verb, status);
        }
    }

    private static void Requests(NodeMetrics metrics, CniCommand verb)
    {
        foreach (var path in (string[])["/cni", "/delegate", "/healthz", "/readyz", "/metrics", "/x"])
        {
            foreach (var status in (int[])[200, 400, 503])
                Answer(metrics, verb, path, status, null);
        }

        foreach (var code in Codes)
            Answer(metrics, verb, "/cni", 400, new CniError(code, "x"));
    }

    private static void Answer(NodeMetrics metrics, CniCommand verb, string path, int status, CniError? error)
    {
        var request = metrics.Requests.Begin();
        request.Asks(
            CniRequestBody.Parse(
                System.Text.Encoding.UTF8.GetBytes($$$"""{"env":{"CNI_COMMAND":"{{{verb.ToWire()}}}"}}""")
            )
        );
        if (error is not null)
            request.Failed(error);
        var context = new DefaultHttpContext();
        (context.Request.Method, context.Request.Path, context.Response.StatusCode) = ("POST", path, status);
        request.End(context);
    }

    private static void Plugins(NodeMetrics metrics, CniCommand verb)
    {
        for (var i = 0; i < 1000; i++)
        {
            var (sandbox, run) = (SandboxId.Parse($"c{i}"), new PluginRun($"plugin-{i}", verb, "net", "net1"));
            var error = i % 2 == 0 ? null : new CniError(100, "x");
            metrics.Operations.Report(Phases.Begun("r", sandbox, verb));
            metrics.Operations.Report(new OperationPhase.PluginStarted("r", sandbox, run));
            metrics.Operations.Report(new OperationPhase.PluginEnded("r", sandbox, run, error, ""));
            metrics.Operations.Report(new OperationPhase.Done("r", sandbox, error));
        }
    }
}
