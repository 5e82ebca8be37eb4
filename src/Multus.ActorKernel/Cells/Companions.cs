namespace Multus.ActorKernel.Cells;

/// <summary>Stash and timers: given to an instance after its constructor, taken back before the next.</summary>
internal static class Companions
{
    public static void Attach(ActorBase actor, ActorCell cell)
    {
        if (actor is IActorStash stashing)
            stashing.Stash = new Stash(cell);
        if (actor is IWithTimers timing)
            timing.Timers = new TimerScheduler(cell);
    }

    public static void Detach(ActorBase actor)
    {
        (actor as IWithTimers)?.Timers?.CancelAll();
        (actor as IActorStash)?.Stash?.UnstashAll();
    }
}
