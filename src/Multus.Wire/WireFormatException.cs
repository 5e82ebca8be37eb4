namespace Multus.Wire;

/// <summary>
/// What the other side sent is not what spec/wire-and-daemon.md §3 describes. The text names the member and what was
/// found there. The connection carried nothing else, so there is nothing left to use; the request itself may be
/// repeated.
/// </summary>
public sealed class WireFormatException : Exception
{
    public WireFormatException(string message, Exception? inner = null)
        : base(message, inner) { }
}
