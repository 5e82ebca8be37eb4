using Multus.Cni;
using Multus.Core.Pods;
using Multus.Engine.Ports;
using static Multus.Actors.Annotations.AnnotationsProtocol;

namespace Multus.Actors.Annotations;

/// <summary>The engine's view of network-status: it asks the annotations actor.</summary>
/// <param name="annotations">Answers <see cref="AnnotationsProtocol"/>.</param>
/// <param name="followsHotPlug">See <see cref="IStatusPublisher.FollowsHotPlug"/>.</param>
/// <param name="clears">Whether a status is taken back at all.</param>
public sealed class StatusPort(IActorRef annotations, bool followsHotPlug, bool clears)
    : IStatusPublisher,
        IStatusClearing
{
    // The actor answers within the time that an ADD waits; this one only keeps a bug from hanging a sandbox for ever.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public bool FollowsHotPlug { get; } = followsHotPlug;

    public IStatusClearing? Clearing => clears ? this : null;

    public Task<StatusOutcome> PublishAsync(StatusUpdate update)
    {
        ArgumentNullException.ThrowIfNull(update);
        return AskAsync(new Publish(update.Sandbox, update.Pod, update.Uid, update.Annotation, update.Json));
    }

    public void Withdraw(SandboxId sandbox, PodKey pod) => annotations.Tell(new Withdraw(sandbox, pod));

    public Task<StatusOutcome> ClearAsync(SandboxId sandbox, PodKey pod, string uid, string annotation) =>
        AskAsync(new Clear(sandbox, pod, uid, annotation));

    // A writer that is silent is an answer too, for no pod's network may wait for its status for ever.
    private async Task<StatusOutcome> AskAsync(ICommand write)
    {
        try
        {
            return await annotations.Ask<Reply>(write, Patience) switch
            {
                Reply.Stored => new StatusOutcome.Stored(),
                Reply.Queued queued => new StatusOutcome.Queued(queued.Reason, queued.IsOutage),
                Reply.Refused refused => new StatusOutcome.Refused(refused.Reason),
                var other => throw new InvalidOperationException($"unknown reply {other}"),
            };
        }
        catch (AskTimeoutException)
        {
            return new StatusOutcome.Refused(
                $"the writer of statuses did not answer within {Patience.TotalSeconds:0.###} s"
            );
        }
    }
}
