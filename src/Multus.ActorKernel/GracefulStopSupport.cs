using Multus.ActorKernel.Dispatch;
using Multus.ActorKernel.Refs;

namespace Multus.ActorKernel;

/// <summary>Stopping with an answer.</summary>
public static class GracefulStopSupport
{
    /// <summary>Sends a <see cref="PoisonPill"/> and waits for the end.</summary>
    /// <returns>False if the actor had not stopped within the timeout.</returns>
    public static Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout) => target.GracefulStop(timeout, PoisonPill.Instance);

    /// <summary>Sends a message that makes the actor stop and waits for the end.</summary>
    /// <returns>False if the actor had not stopped within the timeout.</returns>
    public static async Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout, object stopMessage)
    {
        if (InternalActorRef.Of(target) is not { } subject)
            throw new InvalidOperationException($"{target} is no actor of this runtime and cannot be watched");

        var system = subject.System;
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var watcher = new FunctionRef(system, system.NewAskPath(), (message, sender) => system.DeadLetterRef.Bury(message, sender, subject), message =>
        {
            if (message is DeathWatchNotification)
                gone.TrySetResult();
        });
        subject.SendSystemMessage(new Watch(subject, watcher));
        subject.Tell(stopMessage, ActorRefs.NoSender);
        try
        {
            await gone.Task.WaitAsync(timeout, system.Clock).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        finally
        {
            subject.SendSystemMessage(new Unwatch(subject, watcher));
        }
    }
}
