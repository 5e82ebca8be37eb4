namespace Multus.Cni;

/// <summary>A CNI_CONTAINERID that passed the rules of the specification (cni-runtime.md §5), so it is safe as a file name.</summary>
public readonly record struct SandboxId
{
    private readonly string? _value;

    private SandboxId(string value) => _value = value;

    /// <summary>The id as the runtime gave it; empty only for <c>default</c>, which no parser returns.</summary>
    public string Value => _value ?? "";

    /// <exception cref="CniException">Code 3: empty. Code 4: a character that the specification forbids.</exception>
    public static SandboxId Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
            throw new CniException(CniErrorCode.UnknownContainer, "missing containerID");

        return TryParse(text, out var id)
            ? id
            : throw new CniException(CniErrorCode.InvalidEnvironment, "invalid characters in containerID", text);
    }

    public static bool TryParse(string? text, out SandboxId id)
    {
        id = SpecificationName.IsValid(text) ? new SandboxId(text!) : default;
        return id._value is not null;
    }

    public override string ToString() => Value;
}
