namespace Multus.Cni.FrontEnd;

/// <summary>
/// Multus was started by Multus: answered before anything is asked or locked: whoever started it waits for this very
/// process.
/// </summary>
public static class OwnDelegate
{
    /// <summary>True when there is nothing more to do, because it is a DEL of what was never attached.</summary>
    /// <exception cref="CniException">Code 7, for all verbs but DEL.</exception>
    public static bool IsDone(CniCommand command)
    {
        if (CallEnvironment.Get(Delegation.MarkerVariable) is not { } marker)
            return false;

        return Delegation.Refusal(command, marker) is { } refusal ? throw new CniException(refusal) : true;
    }
}
