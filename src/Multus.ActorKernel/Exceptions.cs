namespace Multus.ActorKernel;

/// <summary>The base of what the actor runtime throws.</summary>
public abstract class AkkaException : Exception
{
    protected AkkaException(string? message, Exception? cause = null)
        : base(message, cause)
    {
    }
}

/// <summary>A name is taken, or is none an actor may have.</summary>
public class InvalidActorNameException(string message, Exception? innerException = null) : AkkaException(message, innerException);

/// <summary>A selection leads to no actor.</summary>
public class ActorNotFoundException(string message, Exception? innerException = null) : AkkaException(message, innerException);

/// <summary>No answer came in the time an ask allows.</summary>
public class AskTimeoutException(string message) : AkkaException(message);

/// <summary>A call that the actor's state does not allow, such as stashing one message twice.</summary>
public class IllegalActorStateException(string message) : AkkaException(message);

/// <summary>What <see cref="Kill"/> makes its receiver fail with.</summary>
public class ActorKilledException(string message) : AkkaException(message);

/// <summary>A watched actor stopped and its <see cref="Terminated"/> was not handled.</summary>
public class DeathPactException(IActorRef deadActor) : AkkaException($"Monitored actor [{deadActor}] terminated")
{
    public IActorRef DeadActor { get; } = deadActor;
}

/// <summary>The actor could not be created: its constructor or <c>PreStart</c> threw.</summary>
public class ActorInitializationException : AkkaException
{
    public ActorInitializationException(string message)
        : base(message)
    {
    }

    public ActorInitializationException(IActorRef? actor, string message, Exception? cause = null)
        : base(actor is null ? message : $"{actor}: {message}: {cause?.Message}", cause) => Actor = actor;

    public IActorRef? Actor { get; }
}

/// <summary><c>PreRestart</c> threw; the restart goes on.</summary>
public class PreRestartException(IActorRef actor, Exception restartException, Exception cause, object? optionalMessage)
    : ActorInitializationException(actor, $"PreRestart failed during the restart after [{cause.GetType().Name}: {cause.Message}] on message [{optionalMessage}]", restartException);

/// <summary>The new instance of a restarted actor could not be made, or its <c>PostRestart</c> threw.</summary>
public class PostRestartException(IActorRef actor, Exception cause, Exception originalCause)
    : ActorInitializationException(actor, $"exception post restart ({originalCause.GetType().Name}: {originalCause.Message})", cause);
