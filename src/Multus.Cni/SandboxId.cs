using System.Collections.Frozen;

namespace Multus.Cni;

/// <summary>
/// A CNI_CONTAINERID that passed the rules of the specification (cni-runtime.md §5) and those of its files: it is the
/// name of one beside our own, and part of longer ones.
/// </summary>
public readonly record struct SandboxId
{
    /// <summary>
    /// Characters: a file's name has 255 bytes, and the longest that has an ID in it is that of a stored DEL which was
    /// given up, with a dot, 15 bytes of an interface's name, ".json" and ".given-up". Runtimes' own IDs have 64.
    /// </summary>
    public const int MaxLength = 225;

    /// <summary>The names of our own folders beside the records.</summary>
    public static readonly FrozenSet<string> Reserved = FrozenSet.Create(
        StringComparer.Ordinal,
        "networks",
        "pending",
        "results",
        "status"
    );

    private readonly string? _value;

    private SandboxId(string value) => _value = value;

    /// <summary>The id as the runtime gave it; empty only for <c>default</c>, which no parser returns.</summary>
    public string Value => _value ?? "";

    /// <exception cref="CniException">Code 3: empty. Code 4: a character that the specification forbids, or no file of
    /// ours can have the name.</exception>
    public static SandboxId Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
            throw new CniException(CniErrorCode.UnknownContainer, "missing containerID");

        return Complaint(text) is { } complaint ? throw new CniException(complaint) : new SandboxId(text);
    }

    public static bool TryParse(string? text, out SandboxId id)
    {
        id = !string.IsNullOrEmpty(text) && Complaint(text) is null ? new SandboxId(text) : default;
        return id._value is not null;
    }

    public override string ToString() => Value;

    private static CniError? Complaint(string text)
    {
        if (!SpecificationName.IsValid(text))
            return new CniError(CniErrorCode.InvalidEnvironment, "invalid characters in containerID", text);
        if (text.Length > MaxLength)
            return new CniError(
                CniErrorCode.InvalidEnvironment,
                $"containerID has {text.Length} characters, at most {MaxLength} fit the names of the files about it"
            );
        return Reserved.Contains(text)
            ? new CniError(
                CniErrorCode.InvalidEnvironment,
                $"containerID must not be \"{text}\", which is the name of a folder beside the records of sandboxes"
            )
            : null;
    }
}
