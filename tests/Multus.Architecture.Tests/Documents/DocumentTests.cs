using System.Text.RegularExpressions;

namespace Multus.Architecture.Tests.Documents;

/// <summary>What people read stays short, whole and linked.</summary>
public sealed partial class DocumentTests
{
    private const int Columns = 120;

    private static readonly string[] Languages = ["sh", "yaml", "json", "text", "hocon"];

    public static TheoryData<string> Entrances => ["README.md", "README.zh-CN.md", "CONTRIBUTING.md"];

    public static TheoryData<string> Folders => ["guide", "operations", "reference"];

    [Theory]
    [InlineData("README.md", 150)]
    [InlineData("README.zh-CN.md", 150)]
    [InlineData("CONTRIBUTING.md", 90)]
    public void What_is_read_first_is_short(string path, int limit) =>
        Assert.InRange(MarkdownFile.Read(path).Lines.Count, 1, limit);

    [Theory]
    [MemberData(nameof(Entrances))]
    public void What_is_read_first_fits_a_terminal(string path) =>
        Assert.All(MarkdownFile.Read(path).Lines, line => Assert.True(ColumnsOf(line) <= Columns, $"{path}: {line}"));

    [Fact]
    public void Both_languages_of_the_README_have_the_same_blocks_links_and_headings()
    {
        var (english, chinese) = (MarkdownFile.Read("README.md"), MarkdownFile.Read("README.zh-CN.md"));

        Assert.Equal(Code(english), Code(chinese));
        Assert.Equal(Targets(english).Except(["README.zh-CN.md"]), Targets(chinese).Except(["README.md"]));
        Assert.Equal(english.Anchors.Count, chinese.Anchors.Count);

        static IEnumerable<(string, string)> Code(MarkdownFile file) =>
            file.Blocks.Select(block => (block.Info, block.Text));
        static IEnumerable<string> Targets(MarkdownFile file) => file.Links.Order(StringComparer.Ordinal);
    }

    [Fact]
    public void Every_link_leads_to_a_file_and_to_a_heading_that_are_there() =>
        Assert.Empty(
            from document in MarkdownFile.All
            from link in document.Links
            let fault = FaultOf(document, link)
            where fault is not null
            select $"{document.Path}: {link}: {fault}"
        );

    [Fact]
    public void Every_block_says_its_language() =>
        Assert.Empty(
            from document in MarkdownFile.All
            where IsForUsers(document.Path)
            from block in document.Blocks
            where !Languages.Contains(block.Info)
            select $"{document.Path}:{block.Line}: '{block.Info}'"
        );

    [Theory]
    [MemberData(nameof(Folders))]
    public void The_index_has_every_page(string folder)
    {
        var links = MarkdownFile
            .Read("docs/README.md")
            .Links.Where(link => link.StartsWith($"{folder}/", StringComparison.Ordinal));
        // What lies in a folder of its own has its index there: alerts/ in monitoring.md.
        var pages = Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "docs", folder), "*.md")
            .Order(StringComparer.Ordinal)
            .Select(Path.GetFileName);

        Assert.Equal(pages.Select(page => $"{folder}/{page}"), links.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_page_on_monitoring_has_every_alert() =>
        Assert.Equal(
            Directory
                .EnumerateFiles(Path.Combine(Repository.Root, "docs", "operations", "alerts"))
                .Select(page => $"alerts/{Path.GetFileName(page)}")
                .Order(StringComparer.Ordinal),
            MarkdownFile
                .Read("docs/operations/monitoring.md")
                .Links.Where(link => link.StartsWith("alerts/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        );

    [Fact]
    public void The_changelog_has_a_section_for_the_version_that_is_built()
    {
        var properties = File.ReadAllText(Path.Combine(Repository.Root, "Directory.Build.props"));
        var version = VersionPrefix().Match(properties).Groups["version"].Value;
        var sections = MarkdownFile
            .Read("CHANGELOG.md")
            .Lines.Where(line => line.StartsWith("## ", StringComparison.Ordinal));

        Assert.NotEmpty(version);
        Assert.Contains(
            sections,
            section => section == "## Unreleased" || section.StartsWith($"## {version}", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Every_project_is_in_the_table_of_CONTRIBUTING()
    {
        var projects = Repository.Files(Repository.Source, "*.csproj").Select(Path.GetFileNameWithoutExtension);

        Assert.Empty(projects.Except(MarkdownFile.Read("CONTRIBUTING.md").Keys("The code")));
    }

    [Fact]
    public void The_devcontainer_has_the_image_of_the_deployment_and_the_packages_that_build_sh_asks_for()
    {
        var image = Text(".devcontainer/Dockerfile");
        var words = image.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        var packages = Package().Matches(Text("eng/common.sh")).Select(match => match.Groups["name"].Value).ToList();

        Assert.Equal(
            From()
                .Match(
                    Text("deploy/Dockerfile")
                        .Replace("--platform=$BUILDPLATFORM ", "", StringComparison.Ordinal)
                        .Replace(" AS root", "", StringComparison.Ordinal)
                )
                .Value,
            From().Match(image).Value
        );
        Assert.NotEmpty(packages);
        Assert.Empty(packages.Except(words));

        static string Text(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));
    }

    private static bool IsForUsers(string path) =>
        path is "README.md" or "README.zh-CN.md" or "CONTRIBUTING.md" or "SECURITY.md"
        || (
            path.StartsWith("docs/", StringComparison.Ordinal)
            && !path.StartsWith("docs/decisions/", StringComparison.Ordinal)
        );

    private static string? FaultOf(MarkdownFile document, string link)
    {
        var (path, anchor) = link.Split('#', 2) is [var before, var after] ? (before, after) : (link, "");
        var target =
            path.Length == 0
                ? Path.Combine(Repository.Root, document.Path)
                : Path.GetFullPath(
                    Path.Combine(Repository.Root, Path.GetDirectoryName(document.Path)!, Uri.UnescapeDataString(path))
                );
        if (!File.Exists(target) && !Directory.Exists(target))
            return "there is no such file";
        if (anchor.Length == 0)
            return null;
        var anchors = MarkdownFile.Read(Repository.Relative(target)).Anchors;
        return anchors.Contains(anchor) ? null : $"no such heading; there are {string.Join(", ", anchors)}";
    }

    // Signs of Chinese, and the punctuation that goes with them, take two columns.
    private static int ColumnsOf(string line) =>
        line.EnumerateRunes()
            .Sum(rune =>
                rune.Value is (>= 0x2E80 and <= 0xA4CF) or (>= 0xF900 and <= 0xFAFF) or (>= 0xFF01 and <= 0xFF60)
                    ? 2
                    : 1
            );

    [GeneratedRegex("^FROM .+$", RegexOptions.Multiline)]
    private static partial Regex From();

    [GeneratedRegex(@"missing\+=\((?<name>[\w.-]+)\)")]
    private static partial Regex Package();

    [GeneratedRegex("<VersionPrefix>(?<version>[^<]+)</VersionPrefix>")]
    private static partial Regex VersionPrefix();
}
