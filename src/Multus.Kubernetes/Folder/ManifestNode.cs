namespace Multus.Kubernetes.Folder;

/// <summary>
/// A value in a manifest, with the line it begins on. Aliases share nodes, so a document is as large in memory as on
/// disk.
/// </summary>
internal abstract record ManifestNode(long Line)
{
    public sealed record Text(long Line, string Value) : ManifestNode(Line);

    /// <summary>
    /// A number or a boolean, as written. Kubernetes takes no such value where it wants a string, nor do we.
    /// </summary>
    public sealed record Unquoted(long Line, string Value) : ManifestNode(Line);

    public sealed record Null(long Line) : ManifestNode(Line);

    public sealed record List(long Line, IReadOnlyList<ManifestNode> Items) : ManifestNode(Line);

    public sealed record Map(long Line, IReadOnlyDictionary<string, ManifestNode> Members) : ManifestNode(Line);

    public string Kind =>
        this switch
        {
            Text => "a string",
            Unquoted unquoted => $"the unquoted value {unquoted.Value}",
            List => "a list",
            Map => "a map",
            _ => "empty",
        };
}
