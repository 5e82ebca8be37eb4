namespace Multus.TestSupport.Daemons;

/// <summary>
/// The published binaries of the tree that the tests were built from; shim or daemon of another release where
/// MULTUS_TEST_SHIM or MULTUS_TEST_DAEMON names one (eng/neighbours.sh).
/// </summary>
public static class Binaries
{
    /// <summary>The root folder of that tree.</summary>
    public static string Tree { get; } = FindTree();

    public static string Shim => Given("MULTUS_TEST_SHIM") ?? Find("multus-shim");

    public static string Daemon => Given("MULTUS_TEST_DAEMON") ?? Find("multus-daemon");

    /// <summary>The thin plugin.</summary>
    public static string Thin => Find("multus");

    /// <summary>multusctl.</summary>
    public static string Ctl => Find("multusctl");

    private static string? Given(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } path ? path : null;

    private static string Find(string name)
    {
        var binary = Path.Combine(Tree, "artifacts", name);
        return File.Exists(binary)
            ? binary
            : throw new InvalidOperationException($"{binary} is missing: run ./build.sh publish");
    }

    private static string FindTree()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Multus.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException(
            $"no Multus.sln in {AppContext.BaseDirectory} or above it: these tests run the binaries of the tree they were built from"
        );
    }
}
