namespace Multus.Cni;

/// <summary>
/// How a delegation loop is recognised: by what Multus puts into the environment of its delegates, whatever file they
/// are (docs/decisions/0012-errors-and-loops.md).
/// </summary>
public static class Delegation
{
    /// <summary>Which daemon a process works for; nobody but a daemon sets it.</summary>
    public const string MarkerVariable = "MULTUS_DELEGATED_BY";

    /// <summary>
    /// What the request of a delegate gets: a refusal. DEL gets none, for nothing was attached by such a request: it is
    /// done, and must not be kept or repeated.
    /// </summary>
    public static CniError? Refusal(CniCommand command, string marker) =>
        command is CniCommand.Del or CniCommand.Version
            ? null
            : new CniError(
                CniErrorCode.InvalidNetworkConfig,
                $"{command.ToWire()} comes from a delegate of Multus: a network must not delegate to Multus "
                    + "again, under any name",
                $"{MarkerVariable}={LogText.OneLine(marker)}; name a configuration of another plugin"
            );
}
