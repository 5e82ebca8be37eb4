using System.Globalization;
using Akka.Configuration;
using Multus.Actors.Node;
using Multus.Configuration;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;

namespace Multus.Host.Tests;

/// <summary>What the parts of the daemon may take at its stop, all from one setting.</summary>
public sealed class StopTimesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("100ms")]
    [InlineData("30s")]
    [InlineData("4m")]
    public void Whoever_waits_has_more_time_than_what_it_waits_for(string drain)
    {
        var stop = TimesOf($"multus.node.drain-timeout = {drain}");

        Assert.True(stop.Drain < stop.RequestsDone);
        Assert.True(StopTimes.LastAnswers < StopTimes.ServiceStop);
        Assert.True(StopTimes.LastWrites < StopTimes.ClusterEnd);
        Assert.True(
            StopTimes.Unbind + stop.RequestsDone + StopTimes.ServiceStop + StopTimes.ClusterEnd + StopTimes.ActorsEnd
                <= stop.Host
        );
        Assert.True(stop.Host + StopTimes.Log <= stop.Process);
    }

    [Fact]
    public void Akka_is_told_the_computed_times()
    {
        var stop = new StopTimes(TimeSpan.FromMilliseconds(1500));
        var phases = stop.ToHocon().GetConfig("akka.coordinated-shutdown.phases");

        Assert.Equal(StopTimes.Unbind, phases.GetTimeSpan("service-unbind.timeout"));
        Assert.Equal(stop.RequestsDone, phases.GetTimeSpan("service-requests-done.timeout"));
        Assert.Equal(StopTimes.ServiceStop, phases.GetTimeSpan("service-stop.timeout"));
        Assert.Equal(StopTimes.ClusterEnd, phases.GetTimeSpan("before-actor-system-terminate.timeout"));
        Assert.Equal(StopTimes.ActorsEnd, phases.GetTimeSpan("actor-system-terminate.timeout"));
    }

    [Fact]
    public void The_DaemonSet_waits_long_enough_before_the_daemon_is_killed()
    {
        const string key = "terminationGracePeriodSeconds: ";
        var line = File.ReadLines(Path.Combine(Binaries.Tree, "deploy", "multus.yaml"))
            .Single(line => line.Contains(key, StringComparison.Ordinal));
        var grace = int.Parse(line.Split(key)[1].Split('#')[0], CultureInfo.InvariantCulture);

        Assert.True(
            TimeSpan.FromSeconds(grace) >= TimesOf("").Process,
            $"{grace} s, and the daemon may take {TimesOf("").Process}"
        );
    }

    private StopTimes TimesOf(string hocon)
    {
        var loaded = DaemonSettings.Load(
            _folder.File("daemon-config.json", $$"""{ "manifestDir": "{{_folder.Path}}" }"""),
            _folder.File("akka.hocon", hocon)
        );
        Assert.Empty(loaded.Errors);
        return new StopTimes(loaded.Settings!.Node.DrainTimeout);
    }
}
