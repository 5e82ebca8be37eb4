using System.Text.RegularExpressions;

namespace Multus.Architecture.Tests.Sources;

/// <summary>Rules about one source file that its text alone can break. Each returns null, or what is wrong.</summary>
internal static partial class SourceRules
{
    public const int LineLimit = 400;

    public const int ColumnLimit = 120;

    private const int LinesWithTheReason = 5;

    /// <summary>
    /// Folder = namespace. A file without a namespace may hold no type: only top-level statements, global usings or
    /// assembly attributes.
    /// </summary>
    /// <param name="relativePath">As <c>src/Multus.Cni/Results/CniResult.cs</c>.</param>
    public static string? NamespaceObjection(string relativePath, string text)
    {
        var expected = string.Join('.', relativePath.Split('/')[1..^1]);
        var declared = NamespaceDeclaration().Match(text);
        if (!declared.Success)
            return TypeDeclaration().IsMatch(text)
                ? $"{relativePath} declares a type outside any namespace; its folder says {expected}"
                : null;

        var found = declared.Groups["name"].Value;
        return found == expected ? null : $"{relativePath} is in namespace {found}; its folder says {expected}";
    }

    public static bool ImportsNativeCode(string text) => NativeImport().IsMatch(text);

    /// <summary>
    /// Longer than <see cref="LineLimit"/> lines only with a comment in the first lines that has the word "lines" or
    /// "long" in it.
    /// </summary>
    public static string? LengthObjection(string relativePath, IReadOnlyList<string> lines) =>
        lines.Count <= LineLimit || lines.Take(LinesWithTheReason).Any(line => ReasonForLength().IsMatch(line))
            ? null
            : $"{relativePath} has {lines.Count} lines; split it by concern, or say in a comment in its first {LinesWithTheReason} lines why it is so long";

    /// <summary>One for each line of more than <see cref="ColumnLimit"/> characters.</summary>
    public static IEnumerable<string> LineObjections(string relativePath, IReadOnlyList<string> lines) =>
        lines
            .Select((line, at) => (line.Length, Number: at + 1))
            .Where(line => line.Length > ColumnLimit)
            .Select(line => $"{relativePath}:{line.Number} has {line.Length} columns, at most {ColumnLimit}");

    public static bool HasConditionalCode(string text) => Conditional().IsMatch(text);

    /// <summary>xunit 2 calls IDisposable and IAsyncLifetime of a test class, and not this one: what the test made would
    /// stay.</summary>
    public static bool IsDisposedOfByNobody(string text) =>
        TestAttribute().IsMatch(text) && AsyncDisposableTests().IsMatch(text);

    [GeneratedRegex(@"^\s*\[\w*(?:Fact|Theory)\b", RegexOptions.Multiline)]
    private static partial Regex TestAttribute();

    [GeneratedRegex(@"^[a-z ]*\bclass\s+\w+Tests\b[^{;]*:[^{;]*\bIAsyncDisposable\b", RegexOptions.Multiline)]
    private static partial Regex AsyncDisposableTests();

    [GeneratedRegex(@"^\s*namespace\s+(?<name>[\w.]+)", RegexOptions.Multiline)]
    private static partial Regex NamespaceDeclaration();

    [GeneratedRegex(
        @"^\s*(?:(?:public|internal|file|static|sealed|abstract|partial|readonly|unsafe)\s+)*(?:record|class|interface|struct|enum)\s+\w+",
        RegexOptions.Multiline
    )]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(@"\[\s*(?:System\.Runtime\.InteropServices\.)?(?:DllImport|LibraryImport)\s*\(")]
    private static partial Regex NativeImport();

    [GeneratedRegex(@"^\s*//.*\b(?:lines|long)\b", RegexOptions.IgnoreCase)]
    private static partial Regex ReasonForLength();

    [GeneratedRegex(@"^\s*#\s*if\b", RegexOptions.Multiline)]
    private static partial Regex Conditional();
}
