using System.Formats.Tar;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Multus.Cri.Tests.Runtimes;

/// <summary>
/// The image that every sandbox runs, made on the spot in the format of <c>docker save</c>: a statically linked busybox
/// that sleeps.
/// </summary>
internal static class PauseImage
{
    public const string Name = "multus.test/pause:1";

    private const string Busybox = "/bin/busybox"; // Debian's busybox-static

    private const UnixFileMode Executable =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    public static void Write(string path)
    {
        var layer = Archive(tar => tar.WriteEntry(FileEntry("bin/busybox", File.ReadAllBytes(Busybox), Executable)));
        var diffId = Convert.ToHexStringLower(SHA256.HashData(layer));
        var config = $$$"""
            {"architecture":"{{{Architecture}}}","os":"linux","config":{"Entrypoint":["/bin/busybox","sleep","2147483647"]},
             "rootfs":{"type":"layers","diff_ids":["sha256:{{{diffId}}}"]}}
            """;
        const string Manifest = $$"""[{"Config":"config.json","RepoTags":["{{Name}}"],"Layers":["layer.tar"]}]""";
        File.WriteAllBytes(
            path,
            Archive(tar =>
            {
                tar.WriteEntry(FileEntry("manifest.json", Encoding.UTF8.GetBytes(Manifest)));
                tar.WriteEntry(FileEntry("config.json", Encoding.UTF8.GetBytes(config)));
                tar.WriteEntry(FileEntry("layer.tar", layer));
            })
        );
    }

    private static string Architecture =>
        RuntimeInformation.ProcessArchitecture switch
        {
            System.Runtime.InteropServices.Architecture.X64 => "amd64",
            System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
            var other => throw new PlatformNotSupportedException($"no name for {other} in an image's configuration"),
        };

    private static byte[] Archive(Action<TarWriter> fill)
    {
        using var buffer = new MemoryStream();
        using (var tar = new TarWriter(buffer, TarEntryFormat.Ustar))
            fill(tar);
        return buffer.ToArray();
    }

    private static UstarTarEntry FileEntry(
        string name,
        byte[] content,
        UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead
    ) => new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content), Mode = mode };
}
