namespace Multus.Architecture.Tests.EdgeCases;

/// <summary>That no row of the specification's edge cases was forgotten.</summary>
public sealed class EdgeCaseTests
{
    private static readonly HashSet<int> Shown =
    [
        .. Repository
            .CSharpFiles(Path.Combine(Repository.Root, "tests"))
            .SelectMany(path => EdgeCaseRows.ShownBy(File.ReadAllText(path))),
    ];

    [Fact]
    public void Every_row_about_attaching_and_the_runtime_is_a_test_or_left_out_with_a_reason() =>
        Assert.Equal([], EdgeCaseRows.All.Where(row => !Shown.Contains(row) && !EdgeCaseRows.LeftOut.ContainsKey(row)));

    [Fact]
    public void A_row_that_is_a_test_is_not_among_those_left_out() =>
        Assert.Equal([], EdgeCaseRows.LeftOut.Keys.Where(Shown.Contains));

    [Fact]
    public void Only_rows_that_there_are_are_left_out_and_each_says_why()
    {
        Assert.Empty(EdgeCaseRows.LeftOut.Keys.Except(EdgeCaseRows.All));
        Assert.DoesNotContain(EdgeCaseRows.LeftOut.Values, string.IsNullOrWhiteSpace);
    }

    [Theory]
    [InlineData("    public void Edge_053_an_annotation_is_an_error() =>", "53")]
    [InlineData("    public async Task Edge_061_276_two_rows_in_0_2_0(string a)", "61 276")]
    [InlineData("    public void A_test_that_mentions_Edge_053_an_annotation() => Assert.True(true);", "")]
    [InlineData("    // public void Edge_053_is_commented_out()", "")]
    [InlineData("    public void Edge_53_is_no_number_of_three_digits()", "")]
    public void Numbers_are_read_off_the_names_of_test_methods(string line, string rows) =>
        Assert.Equal(rows, string.Join(' ', EdgeCaseRows.ShownBy(line)));
}
