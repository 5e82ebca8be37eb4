using Multus.TestSupport.Daemons;

namespace Multus.TestSupport;

/// <summary>
/// Waits for something that only the world outside this process can make true: a file, a link, a process that is gone.
/// </summary>
public static class Eventually
{
    /// <exception cref="TimeoutException">It did not become true within <see cref="Wait.Patience"/>.</exception>
    public static Task Holds(Func<bool> condition, string what) => Wait.Until(what, condition);
}
