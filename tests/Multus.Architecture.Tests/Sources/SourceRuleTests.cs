namespace Multus.Architecture.Tests.Sources;

public sealed class SourceRuleTests
{
    private static readonly IReadOnlyList<string> Product = Repository.CSharpFiles(Repository.Source);

    [Fact]
    public void There_are_sources_to_look_at() => Assert.NotEmpty(Product);

    [Fact]
    public void Folder_and_namespace_are_the_same() =>
        Assert.Empty(
            Product
                .Select(path => SourceRules.NamespaceObjection(Repository.Relative(path), File.ReadAllText(path)))
                .OfType<string>()
        );

    [Fact]
    public void Native_code_is_called_from_Multus_Linux_only() =>
        Assert.Empty(FilesWhere(SourceRules.ImportsNativeCode, Product.Where(IsOutsideLinux)));

    [Fact]
    public void Long_files_say_why() =>
        Assert.Empty(
            Product
                .Select(path => SourceRules.LengthObjection(Repository.Relative(path), File.ReadAllLines(path)))
                .OfType<string>()
        );

    [Fact]
    public void No_line_is_over_the_limit() =>
        Assert.Empty(
            Product.SelectMany(path => SourceRules.LineObjections(Repository.Relative(path), File.ReadAllLines(path)))
        );

    [Fact]
    public void Half_of_the_files_fit_on_two_screens_and_nine_of_ten_are_within_the_budget()
    {
        int[] lengths = [.. Product.Select(path => File.ReadAllLines(path).Length).Order()];

        Assert.InRange(lengths[lengths.Length / 2], 1, 80);
        Assert.InRange(lengths[lengths.Length * 9 / 10], 1, 250);
    }

    [Theory]
    [InlineData(120, 0)]
    [InlineData(121, 1)]
    public void A_line_over_the_limit_is_reported(int columns, int objections) =>
        Assert.Equal(objections, SourceRules.LineObjections("src/A.cs", ["", new string('x', columns)]).Count());

    [Fact]
    public void No_test_class_leaves_its_things_to_an_interface_that_xunit_does_not_call() =>
        Assert.Empty(
            FilesWhere(SourceRules.IsDisposedOfByNobody, Repository.CSharpFiles(Path.Combine(Repository.Root, "tests")))
        );

    [Theory]
    [InlineData("public sealed class ATests : IAsyncDisposable\n{\n    [Fact]\n", true)]
    [InlineData("public sealed class ATests(int x) : Base, IAsyncDisposable\n{\n    [RootFact]\n", true)]
    [InlineData("public sealed class ATests : IAsyncLifetime\n{\n    [Fact]\n", false)]
    [InlineData("internal sealed class Fixture : IAsyncDisposable\n{\n", false)]
    public void Such_a_class_is_found(string text, bool isFound) =>
        Assert.Equal(isFound, SourceRules.IsDisposedOfByNobody(text));

    [Fact]
    public void There_is_one_flavour_of_the_product() =>
        Assert.Empty(FilesWhere(SourceRules.HasConditionalCode, Product));

    [Theory]
    [InlineData("src/Multus.Cni/Results/A.cs", "namespace Multus.Cni.Results;\nclass A;", null)]
    [InlineData("src/Multus.Cni/A.cs", "using System;\n\nnamespace Multus.Cni;\nclass A;", null)]
    [InlineData("src/Multus.Shim/Program.cs", "return Shim.Run(args);", null)]
    [InlineData(
        "src/Multus.Cni/Results/A.cs",
        "namespace Multus.Cni;\nclass A;",
        "is in namespace Multus.Cni; its folder says Multus.Cni.Results"
    )]
    [InlineData("src/Multus.Cni/A.cs", "namespace Multus.Cni.Results;\nclass A;", "its folder says Multus.Cni")]
    [InlineData("src/Multus.Cni/A.cs", "internal static class A;", "outside any namespace")]
    public void A_namespace_that_is_not_its_folder_is_reported(string path, string text, string? objection)
    {
        var found = SourceRules.NamespaceObjection(path, text);
        if (objection is null)
            Assert.Null(found);
        else
            Assert.Contains(objection, found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[DllImport(\"libc\")]", true)]
    [InlineData("    [LibraryImport(\"libc\", SetLastError = true)]", true)]
    [InlineData("// P/Invoke by LibraryImport is for Multus.Linux", false)]
    public void Native_imports_are_seen(string text, bool seen) =>
        Assert.Equal(seen, SourceRules.ImportsNativeCode(text));

    [Theory]
    [InlineData(400, "namespace A;", false)]
    [InlineData(401, "namespace A;", true)]
    [InlineData(401, "// Long: one table, which reads best in one piece.", false)]
    public void A_file_over_the_limit_is_reported_unless_it_says_why(int length, string first, bool reported)
    {
        string[] lines = [first, .. Enumerable.Repeat("", length - 1)];
        Assert.Equal(reported, SourceRules.LengthObjection("src/A.cs", lines) is not null);
    }

    [Theory]
    [InlineData("#if DEBUG", true)]
    [InlineData("  # if DEBUG", true)]
    [InlineData("#pragma warning disable CA1000 // if", false)]
    public void Conditional_code_is_seen(string text, bool seen) =>
        Assert.Equal(seen, SourceRules.HasConditionalCode(text));

    private static IEnumerable<string> FilesWhere(Predicate<string> textBreaksTheRule, IEnumerable<string> paths) =>
        paths.Where(path => textBreaksTheRule(File.ReadAllText(path))).Select(Repository.Relative);

    private static bool IsOutsideLinux(string path) =>
        !Repository.Relative(path).StartsWith("src/Multus.Linux/", StringComparison.Ordinal);
}
