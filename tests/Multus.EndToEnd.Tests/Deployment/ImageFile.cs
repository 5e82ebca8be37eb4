namespace Multus.EndToEnd.Tests.Deployment;

/// <summary>What the manifests rely on in the image: the published programs in one folder, and no shell.</summary>
internal static class ImageFile
{
    private const string Folder = "/usr/local/bin/";

    private static readonly string[] Programs = ["multus-daemon", "multus-shim", "multus"];

    /// <summary>Every program: where it is on this machine, and the path in the image.</summary>
    public static IEnumerable<(string From, string To)> Copies() =>
        Programs.Select(program => (Path.Combine(DeployedFiles.Root, "artifacts", program), Folder + program));

    /// <summary>What the Dockerfile has the image start.</summary>
    public static string Entrypoint =>
        File.ReadLines(Path.Combine(DeployedFiles.Root, "deploy", "Dockerfile"))
            .Single(line => line.StartsWith("ENTRYPOINT ", StringComparison.Ordinal))
            .Split('"')[1];
}
