using System.Text;

namespace Multus.Cni;

/// <summary>
/// The name of a network interface that the kernel and the specification both accept (cni-runtime.md §5).
/// </summary>
public readonly record struct InterfaceName
{
    /// <summary>IFNAMSIZ is 16 and holds a terminating zero: 15 bytes of UTF-8 remain.</summary>
    private const int MaxBytes = 15;

    private readonly string? _value;

    private InterfaceName(string value) => _value = value;

    /// <summary>The name as asked for; empty only for <c>default</c>, which no parser returns.</summary>
    public string Value => _value ?? "";

    /// <exception cref="CniException">Code 4, saying which rule the name breaks.</exception>
    public static InterfaceName Parse(string? text) =>
        Complaint(text) is { } complaint ? throw new CniException(complaint) : new InterfaceName(text!);

    public static bool TryParse(string? text, out InterfaceName name)
    {
        var isValid = Complaint(text) is null;
        name = isValid ? new InterfaceName(text!) : default;
        return isValid;
    }

    public override string ToString() => Value;

    private static CniError? Complaint(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return Invalid("interface name is empty");
        if (Encoding.UTF8.GetByteCount(text) > MaxBytes)
            return Invalid("interface name is too long", "interface name should be less than 16 characters");
        if (text is "." or "..")
            return Invalid("interface name is . or ..");

        foreach (var c in text)
        {
            if (c is '/' or ':' || char.IsWhiteSpace(c))
                return Invalid("interface name contains / or : or whitespace characters");

            // The kernel takes them, but a zero cuts the environment variable short and the others forge log lines.
            if (char.IsControl(c))
                return Invalid("interface name contains control characters");
        }

        return null;
    }

    private static CniError Invalid(string message, string? details = null) =>
        new(CniErrorCode.InvalidEnvironment, message, details);
}
