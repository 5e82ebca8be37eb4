using Multus.Engine.History;

namespace Multus.Engine.Explain;

/// <summary>How one kind of failure is known, and what is said of it.</summary>
/// <param name="Cause">Names the kind.</param>
/// <param name="Code">The error's code; null: any.</param>
/// <param name="Words">The error has one of these in its text, whatever their case; none: its code is enough.</param>
/// <param name="What">What is wrong.</param>
/// <param name="Mend">What would mend it.</param>
internal sealed record FailureRule(string Cause, uint? Code, string[] Words, string What, string Mend)
{
    public bool IsOf(EntryError error) =>
        (Code is null || Code == error.Code)
        && (
            Words.Length == 0
            || Array.Exists(Words, word => error.Text.Contains(word, StringComparison.OrdinalIgnoreCase))
        );
}
