using System.Collections.Immutable;
using Multus.Actors.Netlink;
using Multus.Cni;
using Multus.Core.Planning;
using Multus.Linux.Netlink;

namespace Multus.Actors.Sandboxes;

/// <summary>
/// Attaches one wave's networks at the same time, so that the pod has what it would have had one after the other: each
/// begins when the link of the one before has come into the pod, so the links have the plan's order by index and in
/// every list of the kernel. The routes that the kernel makes when they come up, which may be in any order, are put in
/// the plan's when all is attached.
/// </summary>
internal sealed class LinkOrder(SandboxServices services, AttachmentPlan plan)
{
    /// <param name="wave">Positions in the plan, in its order.</param>
    /// <returns>When all that were begun have ended. Of several failures, the first in the plan's order; after one, no
    /// more are begun.</returns>
    public async Task RunAsync(ImmutableArray<int> wave, Func<int, Task> attach, CancellationToken cancel)
    {
        using var watch = await WatchAsync().ConfigureAwait(false);
        var attaching = new List<Task>(wave.Length);
        try
        {
            foreach (var index in wave)
            {
                attaching.Add(attach(index));
                if (index != wave[^1])
                    await HasLinkOrEndedAsync(watch, IfNameOf(index), attaching[^1], cancel).ConfigureAwait(false);
                if (attaching.Exists(task => task.IsFaulted || task.IsCanceled))
                    break;
            }
        }
        finally
        {
            await EndAsync(attaching).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Waits until all have ended, and then fails as the first of them in their order that has failed: Task.WhenAll has
    /// failures in the order in which they came.
    /// </summary>
    public static async Task EndAsync(IReadOnlyList<Task> attaching)
    {
        await Task.WhenAll(attaching).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var task in attaching)
            await task.ConfigureAwait(false);
    }

    // Some end without a link: loopback, or a device that goes to a program and not to the kernel.
    private static async Task HasLinkOrEndedAsync(
        ILinkWatch watch,
        string ifName,
        Task attaching,
        CancellationToken cancel
    )
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var seen = watch.SeenAsync(ifName, ended.Token);
        if (await Task.WhenAny(seen, attaching).ConfigureAwait(false) == attaching)
            await ended.CancelAsync().ConfigureAwait(false);
        try
        {
            await seen.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (attaching.IsCompleted)
        {
            // Its own failure, if it is one, is told by the task.
        }
        catch (NetlinkException e)
        {
            throw new CniException(e.IsTransient ? CniErrorCode.TryAgainLater : CniErrorCode.Io, e.Message);
        }
    }

    // Not given up half-way: a watch that nobody takes would keep its descriptor.
    private async Task<ILinkWatch> WatchAsync() =>
        await services
            .AskNetlinkAsync(new NetlinkProtocol.WatchLinks(plan.NetNs), CancellationToken.None)
            .ConfigureAwait(false) switch
        {
            NetlinkProtocol.Reply.Watching watching => watching.Watch,
            NetlinkProtocol.Reply.Failed failed => throw new CniException(failed.Error),
            var other => throw new InvalidOperationException($"unknown reply {other}"),
        };

    /// <summary>
    /// Also after networks that were attached one by one: on a busy node the kernel takes note of a link's carrier when
    /// the next plugin has long been at work. A failure is for the log, since every network works without it: it
    /// decides only where packets go that name no link.
    /// </summary>
    public async Task OrderRoutesAsync()
    {
        ImmutableArray<string> ifNames = [.. plan.Attachments.Select(attachment => attachment.Parameters.IfName)];
        var reply = await services
            .AskNetlinkAsync(new NetlinkProtocol.OrderLinkRoutes(plan.NetNs, ifNames), CancellationToken.None)
            .ConfigureAwait(false);
        var problem = reply switch
        {
            NetlinkProtocol.Reply.RouteRefused refused => refused.Error.Message,
            NetlinkProtocol.Reply.Failed failed => failed.Error.Message,
            _ => null,
        };
        if (problem is not null)
            SandboxLog.RoutesNotInOrder(services.Log, plan.Sandbox.Value, problem);
    }

    private string IfNameOf(int index) => plan.Attachments[index].Parameters.IfName;
}
