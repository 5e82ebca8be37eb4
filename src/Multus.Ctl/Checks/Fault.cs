namespace Multus.Ctl.Checks;

/// <summary>Something wrong with a configuration, and where.</summary>
/// <param name="File">The file, or "network-attachment-definition default/blue" of one that came from an API
/// server.</param>
/// <param name="Line">From 1; 0 when it is about the whole file.</param>
/// <param name="Column">From 1; 0 when it is about the whole line, or file.</param>
/// <param name="Key">The key that it is about, with a dot between the levels; empty when it is about none.</param>
/// <param name="Hint">What would mend it; empty when the message says it.</param>
internal sealed record Fault(string File, int Line, int Column, string Key, string Message, string Hint = "")
{
    /// <summary>False for what is no reason to fail, and may not be what its writer meant.</summary>
    public bool IsError { get; init; } = true;

    /// <summary>The network, as namespace and name; empty when it is about none.</summary>
    public string Network { get; init; } = "";

    /// <summary>The place inside of <c>spec.config</c>, from 1; 0, 0 when it is not about that.</summary>
    public (int Line, int Column) Inside { get; init; }

    /// <summary>As editors take it: file:line:column.</summary>
    public string Place =>
        (Line, Column) switch
        {
            (0, _) => File,
            (_, 0) => $"{File}:{Line}",
            _ => $"{File}:{Line}:{Column}",
        };
}
