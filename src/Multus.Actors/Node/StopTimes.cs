using System.Globalization;

namespace Multus.Actors.Node;

/// <summary>
/// What each part of the process may take when it is told to stop, all of it computed from <c>multus.node.drain-timeout</c>: what waits for
/// something always has more time than that something.
/// </summary>
/// <param name="Drain">How long requests under way may take to end.</param>
public sealed record StopTimes(TimeSpan Drain)
{
    // What one part takes at most to close when nothing is left to wait for.
    private static readonly TimeSpan Closing = TimeSpan.FromSeconds(5);

    /// <summary>Of the step of Akka's shutdown that drains.</summary>
    public TimeSpan RequestsDone => Drain + Closing;

    /// <summary>Of the step that ends the actors.</summary>
    public static TimeSpan ActorsEnd => Closing;

    /// <summary>Of the host: actors, and the server, which has answers to write until they have ended.</summary>
    public TimeSpan Host => RequestsDone + ActorsEnd;

    /// <summary>How long the log may take to write what it has.</summary>
    public static TimeSpan Log => Closing;

    /// <summary>Of the whole process: who stops it has to wait as long before killing it.</summary>
    public TimeSpan Process => Host + Log;

    /// <summary>What Akka is told of it.</summary>
    public Config ToHocon() => ConfigurationFactory.ParseString(string.Create(CultureInfo.InvariantCulture, $$"""
        akka.coordinated-shutdown.phases {
          service-requests-done.timeout = {{RequestsDone.TotalMilliseconds}}ms
          actor-system-terminate.timeout = {{ActorsEnd.TotalMilliseconds}}ms
        }
        """));
}
