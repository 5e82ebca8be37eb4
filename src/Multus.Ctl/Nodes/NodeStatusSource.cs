using System.Collections.Immutable;
using Multus.Configuration;
using Multus.Ctl.Daemons;
using Multus.Ctl.Output;
using Multus.Engine.History;

namespace Multus.Ctl.Nodes;

/// <summary>Asks the daemon, the disk and the runtime how the node is.</summary>
internal sealed class NodeStatusSource(DaemonConfiguration daemon, TimeProvider time)
{
    private const int Failures = 5;

    public async Task<NodeStatus> ReadAsync(CancellationToken cancel)
    {
        var answer = await new DaemonClient(daemon).HealthAsync(cancel);
        var findings = await new NodeCheck(daemon, time).RunAsync(answer, cancel);
        return new NodeStatus(answer, findings, LastFailures())
        {
            ExitCode = findings.IsEmpty ? ExitCode.Success : ExitCode.Trouble,
        };
    }

    private ImmutableArray<OperationEntry> LastFailures()
    {
        try
        {
            var failed = new Queue<OperationEntry>();
            foreach (var entry in new HistoryFolder(daemon.CniDir, HistoryLimits.Usual).Read())
            {
                if (entry.Error is null)
                    continue;
                failed.Enqueue(entry);
                if (failed.Count > Failures)
                    failed.Dequeue();
            }

            return [.. failed.Reverse()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CtlException(
                $"the history of the node cannot be read from {daemon.CniDir}: {e.Message} Run multusctl as root.",
                e
            );
        }
    }
}
