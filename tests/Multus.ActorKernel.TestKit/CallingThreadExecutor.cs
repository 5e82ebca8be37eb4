using Multus.ActorKernel.Dispatch;

namespace Multus.ActorKernel.TestKit;

/// <summary>Gives a mailbox the thread that posts to it, so that a test actor has a message when the tell returns.</summary>
internal sealed class CallingThreadExecutor : IMailboxExecutor
{
    public const string DispatcherId = "akka.test.calling-thread-dispatcher";

    public const string TypeName = "Akka.TestKit.CallingThreadDispatcherConfigurator, Akka.TestKit";

    public static CallingThreadExecutor Instance { get; } = new();

    public void Execute(Mailbox mailbox) => mailbox.Run();

    public void Release()
    {
    }
}
