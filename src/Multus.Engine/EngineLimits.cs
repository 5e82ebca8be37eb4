namespace Multus.Engine;

/// <summary>How long operations may take.</summary>
/// <param name="AddTimeout">One ADD once it has begun, or one CHECK; the ADD's roll-back is not counted.</param>
/// <param name="DelTimeout">One DEL, or the roll-back of an ADD.</param>
/// <param name="StatusTimeout">The plugins and the cluster, to say how they are.</param>
public sealed record EngineLimits(TimeSpan AddTimeout, TimeSpan DelTimeout, TimeSpan StatusTimeout)
{
    /// <summary>Where there is no akka.hocon, which has the same.</summary>
    public static EngineLimits Usual { get; } =
        new(TimeSpan.FromSeconds(210), TimeSpan.FromSeconds(120), TimeSpan.FromSeconds(10));
}
