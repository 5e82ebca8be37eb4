using Multus.Cni;

namespace Multus.Shim;

/// <summary>
/// Multus was started by Multus: answered here, without the daemon, which may be the one that waits for this very
/// process.
/// </summary>
internal static class OwnDelegate
{
    /// <summary>True when there is nothing more to do, because it is a DEL of what was never attached.</summary>
    /// <exception cref="CniException">Code 7, for all verbs but DEL.</exception>
    public static bool IsDone(CniCommand command)
    {
        if (ShimEnvironment.Get(Delegation.MarkerVariable) is not { } marker)
            return false;

        return Delegation.Refusal(command, marker) is { } refusal ? throw new CniException(refusal) : true;
    }
}
