using System.Text.RegularExpressions;
using Multus.EndToEnd.Tests.Deployment;
using Multus.TestSupport;

namespace Multus.EndToEnd.Tests.Documents;

/// <summary>The commands of build.sh that documents name, and the demo, which every reader begins with.</summary>
public sealed partial class BuildCommandTests
{
    [Fact]
    public void Documents_name_commands_that_build_sh_has()
    {
        var help = ProcessTool.Run("sh", "-c", $"cd '{DeployedFiles.Root}' && ./build.sh help");
        var has = Command().Matches(help).Select(match => match.Groups["name"].Value).ToList();
        string[] pages =
        [
            "README.md",
            "CONTRIBUTING.md",
            "docs/releasing.md",
            .. Page.PathsIn("guide"),
            .. Page.PathsIn("operations"),
        ];

        var named = pages
            .SelectMany(page => Named().Matches(File.ReadAllText(Path.Combine(DeployedFiles.Root, page))))
            .Select(match => match.Groups["name"].Value)
            .Distinct();

        Assert.Contains("demo", has);
        Assert.Empty(named.Except(has));
    }

    [PluginFact("bridge", "macvlan", "host-local")]
    public void Every_expectation_of_the_demo_holds()
    {
        var ran = ProcessTool.Try(Path.Combine(DeployedFiles.Root, "eng", "demo.sh"));

        Assert.True(ran.ExitCode == 0, ran.Stdout + ran.Stderr);
    }

    [GeneratedRegex(@"^  (?<name>[a-z]+) ", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex(@"\./build\.sh (?<name>[a-z]+)")]
    private static partial Regex Named();
}
