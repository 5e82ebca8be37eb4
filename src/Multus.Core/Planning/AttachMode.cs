namespace Multus.Core.Planning;

/// <summary>Which attachments of a pod run at the same time. The cluster network is always first and alone.</summary>
public enum AttachMode
{
    /// <summary>
    /// Those that are known to touch nothing that another touches run together, so that the pod cannot tell it from
    /// <see cref="Sequential"/>.
    /// </summary>
    Auto,

    /// <summary>
    /// All run together that do not name one another's links as their parents; what else they share is a race.
    /// </summary>
    Parallel,

    /// <summary>One after the other, in the order of the plan.</summary>
    Sequential,
}
