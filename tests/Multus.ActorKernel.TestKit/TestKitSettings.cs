using Multus.ActorKernel.Configuration;

namespace Multus.ActorKernel.TestKit;

/// <summary>How patient a kit is: section <c>akka.test</c>.</summary>
public sealed class TestKitSettings
{
    internal TestKitSettings(Config config)
    {
        DefaultTimeout = config.GetTimeSpan("akka.test.default-timeout", allowInfinite: false);
        SingleExpectDefault = config.GetTimeSpan("akka.test.single-expect-default", allowInfinite: false);
        TestEventFilterLeeway = config.GetTimeSpan("akka.test.filter-leeway", allowInfinite: false);
        TestTimeFactor = config.GetDouble("akka.test.timefactor");
        if (TestTimeFactor <= 0)
            throw new ConfigurationException($"akka.test.timefactor must be more than 0, but is {TestTimeFactor}");
    }

    public TimeSpan DefaultTimeout { get; }

    /// <summary>How long an expectation waits that says nothing itself.</summary>
    public TimeSpan SingleExpectDefault { get; }

    /// <summary>How long an event filter waits for its events after the code has run.</summary>
    public TimeSpan TestEventFilterLeeway { get; }

    /// <summary>All durations that a test states are multiplied by it.</summary>
    public double TestTimeFactor { get; }
}
