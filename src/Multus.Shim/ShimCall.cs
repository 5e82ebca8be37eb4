using Multus.Cni;
using Multus.Cni.FrontEnd;
using Multus.Wire;

namespace Multus.Shim;

/// <summary>One call of the runtime, and what the daemon is to be sent.</summary>
/// <param name="Call">What the runtime asks.</param>
/// <param name="Settings">The shim's own.</param>
/// <param name="Request">What is sent.</param>
internal sealed record ShimCall(RuntimeCall Call, ShimSettings Settings, CniRequestBody Request)
{
    public CniCommand Command => Call.Command;

    /// <exception cref="CniException">Code 1, 3, 4, 6 or 7: the call is wrong.</exception>
    public static ShimCall Read(CniCommand command, ReadOnlyMemory<byte> stdin)
    {
        var call = RuntimeCall.Read(command, stdin);
        return new(call, ShimSettings.Read(call.Config, command), new(CallEnvironment.All(), stdin));
    }
}
