namespace Multus.ActorKernel;

/// <summary>The outcome of a task as a message: how asynchronous work comes back into an actor.</summary>
public static class PipeToSupport
{
    /// <summary>Tells the recipient the result, or a <see cref="Status.Failure"/>, each mapped first if a mapping is given.</summary>
    /// <returns>Done when the message is on its way; it never fails because of the task it pipes.</returns>
    public static async Task PipeTo<T>(
        this Task<T> taskToPipe, ICanTell recipient, IActorRef? sender = null, Func<T, object>? success = null, Func<Exception, object>? failure = null)
    {
        try
        {
            var result = await taskToPipe.ConfigureAwait(false);
            recipient.Tell(success is null ? result! : success(result), sender);
        }
        catch (Exception x)
        {
            recipient.Tell(failure is null ? new Status.Failure(x) : failure(x), sender);
        }
    }

    /// <inheritdoc cref="PipeTo{T}(Task{T}, ICanTell, IActorRef, Func{T, object}, Func{Exception, object})"/>
    public static Task PipeTo<T>(
        this ValueTask<T> taskToPipe, ICanTell recipient, IActorRef? sender = null, Func<T, object>? success = null, Func<Exception, object>? failure = null) =>
        taskToPipe.AsTask().PipeTo(recipient, sender, success, failure);

    /// <summary>Tells the recipient what <paramref name="success"/> makes, or nothing without it; a failure as the other overload does.</summary>
    /// <returns>Done when the message is on its way; it never fails because of the task it pipes.</returns>
    public static async Task PipeTo(
        this Task taskToPipe, ICanTell recipient, IActorRef? sender = null, Func<object>? success = null, Func<Exception, object>? failure = null)
    {
        try
        {
            await taskToPipe.ConfigureAwait(false);
            if (success is not null)
                recipient.Tell(success(), sender);
        }
        catch (Exception x)
        {
            recipient.Tell(failure is null ? new Status.Failure(x) : failure(x), sender);
        }
    }
}
