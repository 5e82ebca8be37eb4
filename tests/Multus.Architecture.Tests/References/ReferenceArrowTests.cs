using System.Xml.Linq;

namespace Multus.Architecture.Tests.References;

public sealed class ReferenceArrowTests
{
    private static readonly ProjectFile[] Projects = [.. Repository.ProjectFiles().Select(ProjectFile.Read)];

    [Fact]
    public void Product_projects_refer_only_to_what_the_design_allows() =>
        Assert.Empty(ReferenceArrows.Violations(Projects));

    [Fact]
    public void Every_project_of_the_design_is_in_the_tree() =>
        Assert.Equal(
            ReferenceArrows.Known.Order(StringComparer.Ordinal),
            Projects
                .Where(project => project.Folder == "src")
                .Select(project => project.Name)
                .Order(StringComparer.Ordinal)
        );

    [Fact]
    public void Nothing_outside_bench_refers_to_the_benchmark() =>
        Assert.DoesNotContain(
            Projects,
            project => project.Folder != "bench" && project.References.Contains("Multus.Bench")
        );

    [Fact]
    public void Package_versions_stand_in_Directory_Packages_props_only() =>
        Assert.Empty(
            Projects.SelectMany(project => project.VersionedPackages.Select(package => $"{project.Name}: {package}"))
        );

    [Theory]
    [InlineData("Multus.Cni", "Multus.Core")]
    [InlineData("Multus.Core", "Multus.Linux")]
    [InlineData("Multus.Shim", "Multus.Core")]
    [InlineData("Multus.Host", "Multus.Shim")]
    [InlineData("Multus.Actors", "Multus.Wire")]
    [InlineData("Multus.Linux", "Multus.TestSupport")]
    public void An_arrow_that_the_design_lacks_is_reported(string from, string to)
    {
        var project = MadeUp(from, $"<ProjectReference Include=\"../{to}/{to}.csproj\" />");

        var violation = Assert.Single(ReferenceArrows.Violations([project]));
        Assert.Contains($"{from} refers to {to}", violation, StringComparison.Ordinal);
    }

    [Fact]
    public void A_product_project_that_the_design_does_not_know_is_reported() =>
        Assert.Contains(
            "Multus.Misc",
            Assert.Single(ReferenceArrows.Violations([MadeUp("Multus.Misc", "")])),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("<PackageReference Include=\"Serilog\" Version=\"3.1.1\" />")]
    [InlineData("<PackageReference Include=\"Serilog\" VersionOverride=\"3.1.1\" />")]
    [InlineData("<PackageReference Include=\"Serilog\"><Version>3.1.1</Version></PackageReference>")]
    public void A_version_in_a_project_file_is_seen(string item) =>
        Assert.Equal(["Serilog"], MadeUp("Multus.Host", item).VersionedPackages);

    private static ProjectFile MadeUp(string name, string items) =>
        ProjectFile.Parse(
            Path.Combine(Repository.Source, name, name + ".csproj"),
            XDocument.Parse($"<Project><ItemGroup>{items}</ItemGroup></Project>")
        );
}
