namespace Multus.Architecture.Tests;

/// <summary>The working tree the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Source => Path.Combine(Root, "src");

    /// <summary>Every C# file below <paramref name="folder"/> that a person wrote, in path order.</summary>
    public static IReadOnlyList<string> CSharpFiles(string folder) => Files(folder, "*.cs");

    public static IReadOnlyList<string> ProjectFiles() => Files(Root, "*.csproj");

    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    public static IReadOnlyList<string> Files(string folder, string pattern) =>
        [
            .. Directory
                .EnumerateFiles(folder, pattern, SearchOption.AllDirectories)
                .Where(IsOurs)
                .Order(StringComparer.Ordinal),
        ];

    private static bool IsOurs(string path) =>
        !Relative(path).Split('/').Any(part => part is "bin" or "obj" or "artifacts" or "node_modules" or ".git");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Multus.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException(
            $"no Multus.sln in {AppContext.BaseDirectory} or any folder above it; the tests read the sources of the tree they were built from"
        );
    }
}
