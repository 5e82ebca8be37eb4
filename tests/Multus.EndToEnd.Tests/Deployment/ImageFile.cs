namespace Multus.EndToEnd.Tests.Deployment;

/// <summary>What the Dockerfile says.</summary>
internal static class ImageFile
{
    private static readonly string[] Lines = File.ReadAllLines(
        Path.Combine(DeployedFiles.Root, "deploy", "Dockerfile")
    );

    /// <summary>Every file that it copies: where from on this machine, and the path in the image.</summary>
    public static IEnumerable<(string From, string To)> Copies() =>
        from line in Lines
        where line.StartsWith("COPY ", StringComparison.Ordinal)
        let words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        from source in words[1..^1]
        select (Path.Combine(DeployedFiles.Root, source), words[^1] + Path.GetFileName(source)); // the last names a folder

    public static string Entrypoint =>
        Lines.Single(line => line.StartsWith("ENTRYPOINT ", StringComparison.Ordinal)).Split('"')[1];
}
