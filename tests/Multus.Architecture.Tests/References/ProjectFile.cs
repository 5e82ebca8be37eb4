using System.Xml.Linq;

namespace Multus.Architecture.Tests.References;

/// <summary>
/// What a project file says that the architecture cares about: its name, whom it refers to, which packages it takes.
/// </summary>
internal sealed record ProjectFile(
    string Name,
    string Folder,
    IReadOnlyList<string> References,
    IReadOnlyList<string> VersionedPackages
)
{
    public static ProjectFile Read(string path) => Parse(path, XDocument.Load(path));

    /// <summary><paramref name="path"/> need not exist: a test makes up project files.</summary>
    public static ProjectFile Parse(string path, XDocument xml)
    {
        var folder = Repository.Relative(path).Split('/')[0];
        return new ProjectFile(
            Path.GetFileNameWithoutExtension(path),
            folder,
            [.. ReferencesOf(xml)],
            [.. VersionedPackagesOf(xml)]
        );
    }

    private static IEnumerable<string> ReferencesOf(XDocument xml)
    {
        foreach (var reference in xml.Descendants("ProjectReference"))
            yield return Path.GetFileNameWithoutExtension(Include(reference).Replace('\\', '/'));
    }

    private static IEnumerable<string> VersionedPackagesOf(XDocument xml) =>
        from package in xml.Descendants("PackageReference")
        where
            package.Attribute("Version") is not null
            || package.Attribute("VersionOverride") is not null
            || package.Element("Version") is not null
            || package.Element("VersionOverride") is not null
        select Include(package);

    private static string Include(XElement item) =>
        (string?)item.Attribute("Include") ?? (string?)item.Attribute("Update") ?? "";
}
