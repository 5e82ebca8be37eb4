using Multus.ActorKernel.Configuration;

namespace Multus.ActorKernel;

/// <summary>What holds where a configuration says nothing: the values of Akka.NET, but for the loggers.</summary>
internal static class ReferenceConfig
{
    public static Config Value { get; } = ConfigurationFactory.ParseString("""
        akka {
          # Filled by the host (ConfigureLoggers); without any, warnings and errors go to stderr.
          loggers = ["Akka.Event.DefaultLogger"]
          loglevel = INFO
          stdout-loglevel = WARNING
          log-dead-letters = 10
          log-dead-letters-during-shutdown = off
          scheduler.implementation = "Akka.Actor.HashedWheelTimerScheduler"
          actor {
            ask-timeout = infinite
            debug.unhandled = off
            default-dispatcher { type = Dispatcher, throughput = 30 }
          }
          coordinated-shutdown {
            default-phase-timeout = 5s
            terminate-actor-system = on
            run-by-actor-system-terminate = on
            phases {
              before-service-unbind { }
              service-unbind { depends-on = [before-service-unbind] }
              service-requests-done { depends-on = [service-unbind] }
              service-stop { depends-on = [service-requests-done] }
              before-cluster-shutdown { depends-on = [service-stop] }
              cluster-sharding-shutdown-region { timeout = 10s, depends-on = [before-cluster-shutdown] }
              cluster-leave { depends-on = [cluster-sharding-shutdown-region] }
              cluster-exiting { timeout = 10s, depends-on = [cluster-leave] }
              cluster-exiting-done { depends-on = [cluster-exiting] }
              cluster-shutdown { depends-on = [cluster-exiting-done] }
              before-actor-system-terminate { depends-on = [cluster-shutdown] }
              actor-system-terminate { timeout = 10s, depends-on = [before-actor-system-terminate] }
            }
          }
        }
        """);
}
