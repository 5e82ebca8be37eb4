using System.Collections.Concurrent;
using Multus.ActorKernel.Configuration;
using Multus.ActorKernel.Dispatch;
using Multus.ActorKernel.Event;
using Multus.ActorKernel.Scheduling;

namespace Multus.ActorKernel;

/// <summary>
/// The parts a configuration names by a .NET type name, as Akka.NET's does. Nothing is looked up by reflection: who has such a part registers it under the name.
/// </summary>
internal static class Components
{
    private static readonly ConcurrentDictionary<string, Func<ActorSystem, IScheduler>> Schedulers = new()
    {
        ["Akka.Actor.HashedWheelTimerScheduler"] = system => new TimeProviderScheduler(((ActorSystemImpl)system).Clock, system),
    };

    private static readonly ConcurrentDictionary<string, Func<ActorSystem, ILogSink>> LogSinks = new()
    {
        ["Akka.Event.DefaultLogger"] = system => new StandardErrorSink(Logging.LogLevelFor(system.Settings.StdoutLogLevel)),
    };

    private static readonly ConcurrentDictionary<string, IMailboxExecutor> Executors = new();

    public static void RegisterExecutor(string typeName, IMailboxExecutor executor) => Executors[TypeName(typeName)] = executor;

    /// <summary>Null if nobody registered one of that name.</summary>
    public static IMailboxExecutor? ExecutorFor(string typeName) => Executors.GetValueOrDefault(TypeName(typeName));

    public static void RegisterScheduler(string typeName, Func<ActorSystem, IScheduler> create) => Schedulers[TypeName(typeName)] = create;

    public static void RegisterLogSink(string typeName, Func<ActorSystem, ILogSink> create) => LogSinks[TypeName(typeName)] = create;

    public static IScheduler NewScheduler(ActorSystem system)
    {
        var name = system.Settings.Config.GetString("akka.scheduler.implementation")!;
        return Schedulers.TryGetValue(TypeName(name), out var create)
            ? create(system)
            : throw Unknown("akka.scheduler.implementation", name, Schedulers.Keys);
    }

    public static ILogSink NewLogSink(string name, ActorSystem system) => LogSinks.TryGetValue(TypeName(name), out var create)
        ? create(system)
        : throw Unknown("akka.loggers", name, LogSinks.Keys);

    private static string TypeName(string name) => name.Split(',')[0].Trim();

    private static ConfigurationException Unknown(string key, string name, IEnumerable<string> known) =>
        new($"{key} names '{name}', which this runtime does not have; known are {string.Join(", ", known.Order(StringComparer.Ordinal))}");
}
