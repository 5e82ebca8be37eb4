using System.Runtime.InteropServices;

namespace Multus.EndToEnd.Tests.Deployment;

/// <summary>The image that <c>./build.sh image</c> has made.</summary>
internal static class ImageFile
{
    /// <summary>Its root file system, on this machine.</summary>
    public static string Root
    {
        get
        {
            var arch = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "amd64";
            var root = Path.Combine(DeployedFiles.Root, "artifacts", "image", arch, "root");
            return Directory.Exists(root)
                ? root
                : throw new InvalidOperationException($"{root} is missing: run ./build.sh image");
        }
    }

    /// <summary>What the Dockerfile has the image start.</summary>
    public static string Entrypoint =>
        File.ReadLines(Path.Combine(DeployedFiles.Root, "deploy", "Dockerfile"))
            .Single(line => line.StartsWith("ENTRYPOINT ", StringComparison.Ordinal))
            .Split('"')[1];

    /// <summary>Whether a program is at this path in it, links followed within.</summary>
    public static bool HasProgram(string path)
    {
        var file = Root + path;
        while (new FileInfo(file).LinkTarget is { } target)
            file = target.StartsWith('/') ? Root + target : Path.Combine(Path.GetDirectoryName(file)!, target);
        return File.Exists(file) && File.GetUnixFileMode(file).HasFlag(UnixFileMode.OtherExecute);
    }
}
