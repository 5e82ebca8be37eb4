using Multus.Cni;
using Multus.Core.Json;

namespace Multus.Core.Networks;

/// <summary>The CNI rules for an interface name, said of an annotation.</summary>
internal static class InterfaceNames
{
    /// <summary>Why the name cannot be used, or <c>null</c> when it can.</summary>
    public static string? Problem(string name)
    {
        if (InterfaceName.TryParse(name, out _))
            return null;
        return $"asks for the interface name \"{JsonText.Excerpt(name)}\", which must be 1 to 15 bytes, not '.' "
            + "or '..', and without '/', ':' and blanks";
    }
}
