namespace Multus.Architecture.Tests.References;

/// <summary>Who may refer to whom: the table of the design, and the only copy of it that a build obeys.</summary>
internal static class ReferenceArrows
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Multus.Cni"] = [],
        ["Multus.Wire"] = ["Multus.Cni"],
        ["Multus.Core"] = ["Multus.Cni"],
        ["Multus.Linux"] = ["Multus.Cni"],
        ["Multus.Engine"] = ["Multus.Cni", "Multus.Wire", "Multus.Core", "Multus.Linux"],
        ["Multus.Kubernetes"] = ["Multus.Cni", "Multus.Core", "Multus.Linux", "Multus.Engine"],
        ["Multus.Actors"] = ["Multus.Core", "Multus.Linux", "Multus.Kubernetes", "Multus.Engine"],
        ["Multus.Configuration"] =
        [
            "Multus.Cni",
            "Multus.Wire",
            "Multus.Core",
            "Multus.Kubernetes",
            "Multus.Engine",
            "Multus.Actors",
        ],
        ["Multus.Ctl"] =
        [
            "Multus.Cni",
            "Multus.Wire",
            "Multus.Core",
            "Multus.Linux",
            "Multus.Kubernetes",
            "Multus.Engine",
            "Multus.Configuration",
        ],
        ["Multus.Host"] =
        [
            "Multus.Configuration",
            "Multus.Cni",
            "Multus.Wire",
            "Multus.Core",
            "Multus.Linux",
            "Multus.Kubernetes",
            "Multus.Engine",
            "Multus.Actors",
        ],
        ["Multus.Thin"] =
        [
            "Multus.Cni",
            "Multus.Wire",
            "Multus.Core",
            "Multus.Linux",
            "Multus.Kubernetes",
            "Multus.Engine",
        ],
        ["Multus.Shim"] = ["Multus.Cni", "Multus.Wire"],
    };

    public static IReadOnlyCollection<string> Known => Allowed.Keys;

    /// <summary>
    /// One line per reference that the table does not have, and per product project it does not know; empty = fine.
    /// </summary>
    public static IReadOnlyList<string> Violations(IEnumerable<ProjectFile> projects) =>
        [.. projects.Where(project => project.Folder == "src").SelectMany(ViolationsOf)];

    private static IEnumerable<string> ViolationsOf(ProjectFile project)
    {
        if (!Allowed.TryGetValue(project.Name, out var allowed))
            return
            [
                $"{project.Name} is not in the table of who may refer to whom; add it there together with its arrows",
            ];

        return project
            .References.Except(allowed, StringComparer.Ordinal)
            .Select(reference =>
                $"{project.Name} refers to {reference}; it may refer to: {(allowed.Length == 0 ? "nothing" : string.Join(", ", allowed))}"
            );
    }
}
