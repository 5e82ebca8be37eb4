using Multus.ActorKernel.Configuration;
using Xunit.Abstractions;

namespace Multus.ActorKernel.TestKit;

/// <summary>The base of an xunit test class: makes a system before each test and ends it after.</summary>
public class TestKit : TestKitBase, IDisposable
{
    private bool _disposed;

    /// <param name="system">One to use instead of a new one; it is ended after the test all the same.</param>
    /// <param name="output">Takes the log.</param>
    public TestKit(ActorSystem? system = null, ITestOutputHelper? output = null)
        : this(system, config: null, actorSystemName: null, output)
    {
    }

    public TestKit(Config? config, string? actorSystemName = null, ITestOutputHelper? output = null)
        : this(system: null, config, actorSystemName, output)
    {
    }

    public TestKit(string? config, ITestOutputHelper? output = null)
        : this(system: null, ConfigurationFactory.ParseString(config ?? ""), actorSystemName: null, output)
    {
    }

    private TestKit(ActorSystem? system, Config? config, string? actorSystemName, ITestOutputHelper? output)
        : base(system, config, actorSystemName, testActorName: null)
    {
        Output = output;
        if (output is not null)
            TestEventListener.For(Sys).WriteTo(output);
    }

    protected ITestOutputHelper? Output { get; }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Runs after the test, while the system still does.</summary>
    protected virtual void AfterAll()
    {
    }

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing || _disposed)
            return;

        _disposed = true;
        try
        {
            AfterAll();
        }
        finally
        {
            Shutdown();
        }
    }
}
