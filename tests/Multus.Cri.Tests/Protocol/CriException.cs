namespace Multus.Cri.Tests.Protocol;

/// <summary>The runtime refused a call, or did not answer it.</summary>
/// <param name="code">The gRPC status; 14 (unavailable) when there was no answer.</param>
internal sealed class CriException(int code, string message, Exception? inner = null) : Exception(message, inner)
{
    public const int NotFound = 5;
    public const int Unavailable = 14;

    public int Code => code;
}
