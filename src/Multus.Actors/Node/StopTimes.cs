using System.Globalization;

namespace Multus.Actors.Node;

/// <summary>
/// What each part of the process may take when it is told to stop, all of it computed from
/// <c>multus.node.drain-timeout</c>: what waits for something always has more time than that something.
/// </summary>
/// <param name="Drain">How long requests under way may take to end.</param>
public sealed record StopTimes(TimeSpan Drain)
{
    // What a step takes beyond the time of what it waits for.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);

    /// <summary>Of the step of Akka's shutdown after which nobody can connect any more.</summary>
    public static TimeSpan Unbind => Margin;

    /// <summary>Of the step that drains.</summary>
    public TimeSpan RequestsDone => Drain + Margin;

    /// <summary>How long answers may take to be written once nobody works on requests any more.</summary>
    public static TimeSpan LastAnswers => TimeSpan.FromSeconds(2);

    /// <summary>Of the step that ends the work on requests and the server.</summary>
    public static TimeSpan ServiceStop => LastAnswers + Margin;

    /// <summary>How long writes to the cluster that are under way may take.</summary>
    public static TimeSpan LastWrites => TimeSpan.FromSeconds(2);

    /// <summary>Of the step that lets go of the cluster.</summary>
    public static TimeSpan ClusterEnd => LastWrites + Margin;

    /// <summary>Of the step that ends all other actors.</summary>
    public static TimeSpan ActorsEnd => TimeSpan.FromSeconds(2);

    /// <summary>Of the host: all steps of Akka's shutdown, one after the other.</summary>
    public TimeSpan Host => Unbind + RequestsDone + ServiceStop + ClusterEnd + ActorsEnd;

    /// <summary>How long the log may take to write what it has.</summary>
    public static TimeSpan Log => TimeSpan.FromSeconds(5);

    /// <summary>Of the whole process: who stops it has to wait as long before killing it.</summary>
    public TimeSpan Process => Host + Log;

    /// <summary>What Akka is told of it.</summary>
    public Config ToHocon() =>
        ConfigurationFactory.ParseString(
            string.Create(
                CultureInfo.InvariantCulture,
                $$"""
                akka.coordinated-shutdown.phases {
                  service-unbind.timeout = {{Unbind.TotalMilliseconds}}ms
                  service-requests-done.timeout = {{RequestsDone.TotalMilliseconds}}ms
                  service-stop.timeout = {{ServiceStop.TotalMilliseconds}}ms
                  before-actor-system-terminate.timeout = {{ClusterEnd.TotalMilliseconds}}ms
                  actor-system-terminate.timeout = {{ActorsEnd.TotalMilliseconds}}ms
                }
                """
            )
        );
}
