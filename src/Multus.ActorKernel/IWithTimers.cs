namespace Multus.ActorKernel;

/// <summary>An actor that is given timers before <c>PreStart</c>. They end with the instance.</summary>
public interface IWithTimers
{
    ITimerScheduler Timers { get; set; }
}

/// <summary>Messages to oneself after a time. A key has one timer at most: starting it again replaces it, and nothing of the old one is delivered any more.</summary>
public interface ITimerScheduler
{
    IReadOnlyCollection<object> ActiveTimers { get; }

    void StartPeriodicTimer(object key, object msg, TimeSpan interval);

    void StartPeriodicTimer(object key, object msg, TimeSpan interval, IActorRef sender);

    void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval);

    void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval, IActorRef sender);

    void StartSingleTimer(object key, object msg, TimeSpan timeout);

    void StartSingleTimer(object key, object msg, TimeSpan timeout, IActorRef sender);

    bool IsTimerActive(object key);

    /// <summary>Its message is not delivered any more, not even if it is in the mailbox already.</summary>
    void Cancel(object key);

    void CancelAll();
}
