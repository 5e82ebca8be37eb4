using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Multus.Architecture.Tests.Sources;

/// <summary>The live page is committed as it was bundled: eng/page.sh.</summary>
public sealed class PageBundleTests
{
    private const int MostBytes = 150_000;

    private static readonly string Sources = Path.Combine(Repository.Source, "Multus.Page");
    private static readonly string Assets = Path.Combine(Repository.Source, "Multus.Host", "Page", "Assets");

    [Fact]
    public void It_is_made_of_the_sources_that_are_there() =>
        Assert.True(
            File.ReadAllText(Path.Combine(Assets, "stamp")).Trim() == Stamp(),
            "src/Multus.Page has changed since the page was bundled: run eng/page.sh"
        );

    [Fact]
    public void It_is_small_as_it_is_sent()
    {
        long bytes = 0;
        foreach (var file in Directory.EnumerateFiles(Assets))
        {
            using var compressed = new MemoryStream();
            using (var gzip = new GZipStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
                gzip.Write(File.ReadAllBytes(file));
            bytes += compressed.Length;
        }

        Assert.InRange(bytes, 10_000, MostBytes);
    }

    [Fact]
    public void The_licences_of_what_is_bundled_are_kept_in_it()
    {
        var script = File.ReadAllText(Path.Combine(Assets, "app.js"));

        Assert.All(["preact", "uplot", "eventsource-parser"], library => Assert.Contains($"\n{library} ", script));
        Assert.Equal(3, script.Split("Permission is hereby granted").Length - 1);
    }

    [Fact]
    public void Its_packages_are_pinned_and_name_no_registry()
    {
        var locked = File.ReadAllText(Path.Combine(Sources, "package-lock.json"));

        Assert.Contains("\"integrity\"", locked);
        Assert.DoesNotContain("\"resolved\"", locked);
    }

    // As eng/page.sh: a hash of the lines of sha256sum.
    private static string Stamp()
    {
        IEnumerable<string> files =
        [
            .. Repository.Files(Path.Combine(Sources, "src"), "*"),
            .. new[] { "build.js", "package.json", "package-lock.json" }.Select(file => Path.Combine(Sources, file)),
        ];
        var lines = files
            .Select(file => (Name: Path.GetRelativePath(Sources, file), Content: File.ReadAllBytes(file)))
            .OrderBy(file => file.Name, StringComparer.Ordinal)
            .Select(file =>
                string.Create(CultureInfo.InvariantCulture, $"{Hex(SHA256.HashData(file.Content))}  {file.Name}\n")
            );
        return Hex(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines))));
    }

    private static string Hex(byte[] hash) => Convert.ToHexStringLower(hash);
}
