namespace Multus.Cni;

/// <summary>A failure that ends as an error object on the runtime's side; nothing else is known to be broken.</summary>
public sealed class CniException : Exception
{
    public CniException(CniError error, Exception? inner = null)
        : base(error.Text, inner) => Error = error;

    public CniException(uint code, string message, string? details = null)
        : this(new CniError(code, message, details)) { }

    public CniError Error { get; }
}
