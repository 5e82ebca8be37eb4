namespace Multus.Cni;

/// <summary>
/// The name of a network configuration that passed the rules of the specification (cni-runtime.md §5).
/// </summary>
public readonly record struct NetworkName
{
    private readonly string? _value;

    private NetworkName(string value) => _value = value;

    /// <summary>The name as configured; empty only for <c>default</c>, which no parser returns.</summary>
    public string Value => _value ?? "";

    /// <exception cref="CniException">Code 7: empty, or a character that the specification forbids.</exception>
    public static NetworkName Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
            throw new CniException(CniErrorCode.InvalidNetworkConfig, "missing network name:");

        return TryParse(text, out var name)
            ? name
            : throw new CniException(
                CniErrorCode.InvalidNetworkConfig,
                "invalid characters found in network name",
                text
            );
    }

    public static bool TryParse(string? text, out NetworkName name)
    {
        name = SpecificationName.IsValid(text) ? new NetworkName(text!) : default;
        return name._value is not null;
    }

    public override string ToString() => Value;
}
