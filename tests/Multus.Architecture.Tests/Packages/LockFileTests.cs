using System.Text.RegularExpressions;

namespace Multus.Architecture.Tests.Packages;

/// <summary>
/// A publication for another kind of CPU than this machine's is not made here, but its packages are locked all the
/// same: they are those of this machine's, but for the compiler's own, whose version is the same.
/// </summary>
public sealed partial class LockFileTests
{
    private const string Built = "linux-x64";
    private const string Other = "linux-arm64";

    public static TheoryData<string> Projects =>
        [.. Directory.GetFiles(Repository.Source, "*.csproj", SearchOption.AllDirectories).Select(Repository.Relative)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void The_packages_of_both_kinds_of_CPU_are_the_same(string project)
    {
        var folder = Path.Combine(Repository.Root, Path.GetDirectoryName(project)!);

        Assert.True(
            Locked(folder, Built) == Locked(folder, Other),
            $"{project}: packages.{Built}.lock.json and packages.{Other}.lock.json differ; eng/lock.sh writes both anew"
        );
    }

    private static string Locked(string folder, string rid)
    {
        var text = File.ReadAllText(Path.Combine(folder, $"packages.{rid}.lock.json"));
        Assert.Contains($"\"net10.0/{rid}\"", text, StringComparison.Ordinal);
        return HashOfTheCompiler().Replace(text.Replace(rid, "this CPU", StringComparison.Ordinal), "$1");
    }

    [GeneratedRegex("""("runtime\.this CPU\.[^"]+": \{[^}]*)"contentHash": "[^"]*"\s*""")]
    private static partial Regex HashOfTheCompiler();
}
