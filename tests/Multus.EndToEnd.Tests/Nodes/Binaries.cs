namespace Multus.EndToEnd.Tests.Nodes;

/// <summary>The published binaries of the tree that the tests were built from.</summary>
internal static class Binaries
{
    public static string Shim => Find("multus-shim");

    public static string Daemon => Find("multus-daemon");

    private static string Find(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "Multus.sln")))
                continue;

            var binary = Path.Combine(folder.FullName, "artifacts", name);
            return File.Exists(binary) ? binary : throw new InvalidOperationException($"{binary} is missing: run ./build.sh publish");
        }

        throw new InvalidOperationException($"no Multus.sln in {AppContext.BaseDirectory} or above it: these tests run the binaries of the tree they were built from");
    }
}
