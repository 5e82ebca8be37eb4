using Multus.Cni;

namespace Multus.Engine.Requests;

/// <summary>A DEL does not say rightly what it is about: to repeat it would not help.</summary>
public sealed class WrongRequestException(CniException inner) : Exception(inner.Message, inner)
{
    public CniError Error { get; } = inner.Error;
}
