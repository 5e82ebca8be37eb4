namespace Multus.ActorKernel.Event;

/// <summary>Takes the lines of a system's log out of it.</summary>
internal interface ILogSink : IDisposable
{
    void Write(LogEvent line);

    void Write(AllDeadLetters letter);
}

/// <summary>Where lines go if nobody asked for them elsewhere: from a level on to stderr, so that no failure goes unseen.</summary>
internal sealed class StandardErrorSink(LogLevel from) : ILogSink
{
    public void Write(LogEvent line)
    {
        if (line.LogLevel() >= from)
            Console.Error.WriteLine(line);
    }

    public void Write(AllDeadLetters letter)
    {
        // The listener makes lines of those that are worth one.
    }

    public void Dispose()
    {
    }
}

/// <summary>Logs dead letters up to the configured number, and unhandled messages if asked to.</summary>
internal sealed class DeadLetterListener : ILogSink
{
    private readonly ActorSystemImpl _system;
    private readonly int _limit;
    private int _seen;

    public DeadLetterListener(ActorSystemImpl system)
    {
        _system = system;
        _limit = system.Settings.LogDeadLetters;
        system.EventStream.Attach(this);
    }

    public void Write(LogEvent line)
    {
    }

    public void Write(AllDeadLetters letter)
    {
        if (letter is UnhandledMessage && _system.Settings.LogUnhandled)
            Publish(new Debug(letter.Recipient.Path.ToString(), letter.Recipient.GetType(), $"Unhandled message from {letter.Sender} : {letter.Message}"));
        if (letter is not DeadLetter || (_system.IsStopping && !_system.Settings.LogDeadLettersDuringShutdown))
            return;

        var seen = Interlocked.Increment(ref _seen);
        if (seen > _limit || seen < 0)
            return;

        var last = seen == _limit ? ", no more dead letters will be logged" : "";
        Publish(new Info(
            letter.Recipient.Path.ToString(),
            letter.Recipient.GetType(),
            $"Message [{letter.Message.GetType().Name}] from {letter.Sender} to {letter.Recipient} was not delivered. [{seen}] dead letters encountered{last}. "
            + "Adjust this with 'akka.log-dead-letters' and 'akka.log-dead-letters-during-shutdown'. Message content: " + letter.Message));
    }

    public void Dispose()
    {
    }

    private void Publish(LogEvent line)
    {
        if (line.LogLevel() >= _system.EventStream.LogLevel)
            _system.EventStream.Publish(line);
    }
}
