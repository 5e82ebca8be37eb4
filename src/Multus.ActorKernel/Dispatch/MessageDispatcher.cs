using Multus.ActorKernel.Configuration;

namespace Multus.ActorKernel.Dispatch;

/// <summary>Gives a mailbox a thread for its next turn.</summary>
internal interface IMailboxExecutor
{
    void Execute(Mailbox mailbox);

    /// <summary>The actor has stopped and will not run again after the present turn.</summary>
    void Release();
}

/// <summary>On whose threads the actors of a dispatcher run, and how many messages a turn has.</summary>
internal sealed class MessageDispatcher(string id, int throughput, Func<ActorPath, IMailboxExecutor> executorFor)
{
    public const string DefaultId = "akka.actor.default-dispatcher";

    public string Id { get; } = id;

    public int Throughput { get; } = throughput;

    public IMailboxExecutor ExecutorFor(ActorPath path) => executorFor(path);

    /// <exception cref="ConfigurationException">The section's <c>type</c> or <c>throughput</c> is none we have.</exception>
    public static MessageDispatcher FromConfig(string id, Config config)
    {
        var throughput = config.GetInt("throughput", 30);
        if (throughput < 1)
            throw new ConfigurationException($"{id}.throughput is {throughput}; a turn needs room for at least 1 message");

        return config.GetString("type", "Dispatcher")! switch
        {
            "Dispatcher" or "TaskDispatcher" or "ForkJoinDispatcher" => new MessageDispatcher(id, throughput, _ => ThreadPoolExecutor.Instance),
            "PinnedDispatcher" => new MessageDispatcher(id, throughput, path => new PinnedExecutor(path)),
            var type when Components.ExecutorFor(type) is { } executor => new MessageDispatcher(id, throughput, _ => executor),
            var unknown => throw new ConfigurationException($"{id}.type is '{unknown}'; known are Dispatcher, TaskDispatcher, ForkJoinDispatcher and PinnedDispatcher"),
        };
    }
}

/// <summary>The shared thread pool.</summary>
internal sealed class ThreadPoolExecutor : IMailboxExecutor
{
    public static ThreadPoolExecutor Instance { get; } = new();

    public void Execute(Mailbox mailbox) => ThreadPool.UnsafeQueueUserWorkItem(mailbox, preferLocal: false);

    public void Release()
    {
    }
}
