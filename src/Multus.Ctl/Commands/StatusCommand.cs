using System.CommandLine;
using Multus.Ctl.Daemons;
using Multus.Ctl.Nodes;
using Multus.Ctl.Output;

namespace Multus.Ctl.Commands;

/// <summary><c>multusctl status</c>: whether this node can attach pods, and what it does now.</summary>
internal static class StatusCommand
{
    public static Command Create(Session session)
    {
        var watch = new Option<bool>("--watch", "-w") { Description = "Go on, once a second, until Ctrl+C" };
        var command = new ExampledCommand(
            "status",
            "Says whether the node can attach pods, what runs now and for how long, what waits, what failed last",
            ("multusctl status", "the node that this runs on"),
            ("multusctl status -w", "the same, once a second"),
            ("multusctl status -o json | jq .findings", "what is wrong, for a script")
        )
        {
            watch,
        };
        session.Answers(
            command,
            async (line, cancel) =>
            {
                var source = new NodeStatusSource(session.Configuration(line), TimeProvider.System);
                if (!line.GetValue(watch))
                    return await source.ReadAsync(cancel);
                return await WatchAsync(session, source, session.IsJson(line), cancel);
            }
        );
        return command;
    }

    // The last answer is the command's own: it is written as that of any other.
    private static async Task<Answer> WatchAsync(
        Session session,
        NodeStatusSource source,
        bool asJson,
        CancellationToken cancel
    )
    {
        var status = await source.ReadAsync(cancel);
        using var second = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            while (true)
            {
                if (!asJson)
                    session.Console.Clear(home: true);
                await session.WriteAsync(status, asJson);
                await second.WaitForNextTickAsync(cancel);
                status = await source.ReadAsync(cancel);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return status;
        }
    }
}
