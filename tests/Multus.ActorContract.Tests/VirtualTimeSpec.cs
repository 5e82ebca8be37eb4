namespace Multus.ActorContract.Tests;

/// <summary>For tests that move time themselves.</summary>
public abstract class VirtualTimeSpec() : ContractSpec("""akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit" """)
{
    protected static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
}
