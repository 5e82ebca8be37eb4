using System.Collections.Immutable;
using Xunit;

namespace Multus.Architecture.Tests.Binaries;

public sealed class ValueTypeQueryTests
{
    [Fact]
    public void No_query_of_the_product_is_over_a_value_type()
    {
        var assemblies = Directory.GetFiles(AppContext.BaseDirectory, "*.dll").Where(IsOurs).ToList();
        Assert.True(
            assemblies.Count >= 7,
            $"only {string.Join(", ", assemblies.Select(Path.GetFileName))} in {AppContext.BaseDirectory}"
        );

        var found = assemblies.SelectMany(ValueTypeQueries.In).ToList();

        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Fact]
    public void A_query_over_a_value_type_is_found()
    {
        var found = ValueTypeQueries.In(typeof(ValueTypeQueryTests).Assembly.Location).ToList();

        Assert.Contains(
            found,
            line =>
                line.EndsWith(
                    $"{nameof(ValueTypeQueryTests)}.{nameof(Lengths)} calls Select over Int32",
                    StringComparison.Ordinal
                )
        );
    }

    [Fact]
    public void A_query_over_an_immutable_array_of_a_value_type_is_found()
    {
        var found = ValueTypeQueries.In(typeof(ValueTypeQueryTests).Assembly.Location).ToList();

        Assert.Contains(
            found,
            line =>
                line.EndsWith(
                    $"{nameof(ValueTypeQueryTests)}.{nameof(Positive)} calls Where over Int32",
                    StringComparison.Ordinal
                )
        );
    }

    private static bool IsOurs(string file) =>
        Path.GetFileName(file) is var name
        && (name.StartsWith("Multus.", StringComparison.Ordinal) || name == "multus-daemon.dll")
        && !name.Contains("Tests", StringComparison.Ordinal);

    // What the tests above look for.
    private static IEnumerable<int> Lengths(IEnumerable<string> words) => words.Select(word => word.Length);

    private static IEnumerable<int> Positive(ImmutableArray<int> numbers) => numbers.Where(number => number > 0);
}
