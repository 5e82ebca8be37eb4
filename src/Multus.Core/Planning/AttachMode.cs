namespace Multus.Core.Planning;

/// <summary>Whether the attachments of a pod that do not depend on one another run at the same time. The cluster network is always first.</summary>
public enum AttachMode
{
    /// <summary>Those that do not depend on one another run together.</summary>
    Parallel,

    /// <summary>One after the other, in the order of the plan.</summary>
    Sequential,
}
