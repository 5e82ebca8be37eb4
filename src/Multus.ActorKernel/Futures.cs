using Multus.ActorKernel.Cells;
using Multus.ActorKernel.Refs;

namespace Multus.ActorKernel;

/// <summary>Asking: a message whose answer is a task.</summary>
public static class Futures
{
    public static Task<object> Ask(this ICanTell self, object message, TimeSpan? timeout = null) => self.Ask<object>(message, timeout, CancellationToken.None);

    public static Task<object> Ask(this ICanTell self, object message, CancellationToken cancellationToken) => self.Ask<object>(message, null, cancellationToken);

    public static Task<object> Ask(this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken) =>
        self.Ask<object>(message, timeout, cancellationToken);

    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout = null) => self.Ask<T>(message, timeout, CancellationToken.None);

    public static Task<T> Ask<T>(this ICanTell self, object message, CancellationToken cancellationToken) => self.Ask<T>(message, null, cancellationToken);

    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken) =>
        self.Ask<T>(_ => message, timeout, cancellationToken);

    /// <param name="self">Who is asked.</param>
    /// <param name="messageFactory">Makes the question from the address the answer goes to.</param>
    /// <param name="timeout">In real time; null for <c>akka.actor.ask-timeout</c>, which is infinite by default.</param>
    /// <param name="cancellationToken">Cancels the task; the question is not taken back.</param>
    /// <returns>
    /// The answer. Fails with <see cref="AskTimeoutException"/> after the timeout, with its cause if the answer is a <see cref="Status.Failure"/>, and with
    /// <see cref="ArgumentException"/> if the answer is of another type.
    /// </returns>
    public static Task<T> Ask<T>(this ICanTell self, Func<IActorRef, object> messageFactory, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messageFactory);
        var system = SystemOf(self);
        var asker = new FutureActorRef<T>(system, system.NewAskPath());
        var patience = timeout ?? system.Settings.AskTimeout;
        ITimer? timer = null;
        if (patience > TimeSpan.Zero)
        {
            timer = system.Clock.CreateTimer(
                _ => asker.Fail(new AskTimeoutException($"Timeout after {patience.TotalSeconds:F2} seconds")), null, patience, Timeout.InfiniteTimeSpan);
        }

        CancellationTokenRegistration registration = default;
        if (cancellationToken.CanBeCanceled)
            registration = cancellationToken.UnsafeRegister(static (asker, token) => ((FutureActorRef<T>)asker!).Cancel(token), asker);

        if (timer is not null || cancellationToken.CanBeCanceled)
        {
            asker.Answer.ContinueWith(
                (_, _) =>
                {
                    timer?.Dispose();
                    registration.Dispose();
                },
                null,
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }

        self.Tell(messageFactory(asker), asker);
        return asker.Answer;
    }

    private static ActorSystemImpl SystemOf(ICanTell target) => target switch
    {
        InternalActorRef reference => reference.System,
        IActorRefAlias alias => alias.Target.System,
        ActorSelection selection => selection.System,
        _ => ActorCell.Current?.System ?? throw new ArgumentException($"{target} belongs to no actor system, and none is running on this thread", nameof(target)),
    };
}
