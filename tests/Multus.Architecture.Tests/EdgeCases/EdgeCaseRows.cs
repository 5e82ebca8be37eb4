using System.Globalization;
using System.Text.RegularExpressions;

namespace Multus.Architecture.Tests.EdgeCases;

/// <summary>
/// The numbered rows of the specification's edge cases that are about attaching and about the CNI runtime. A test that
/// shows one carries its number in its name, <c>Edge_053_an_annotation_that_is_not_json_is_an_error</c>, or several
/// numbers.
/// </summary>
internal static partial class EdgeCaseRows
{
    /// <summary>The rows that no test can show, with the reason.</summary>
    public static IReadOnlyDictionary<int, string> LeftOut { get; } =
        new Dictionary<int, string>
        {
            [275] =
                "there is nothing to call: what is put into a plugin's configuration has fixed keys here, and values that are never null",
        };

    /// <summary>Rows 178 to 243 are about the wire and the daemon's life, and are not counted here.</summary>
    public static IEnumerable<int> All { get; } = [.. Enumerable.Range(1, 177), .. Enumerable.Range(244, 47)];

    /// <summary>The numbers in the names of the test methods of a source file.</summary>
    public static IEnumerable<int> ShownBy(string source) =>
        TestName()
            .Matches(source)
            .SelectMany(name => name.Groups["row"].Captures)
            .Select(row => int.Parse(row.Value, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"^\s*public (?:async )?(?:Task|void) Edge(?:_(?<row>[0-9]{3}))+_\w+\(", RegexOptions.Multiline)]
    private static partial Regex TestName();
}
