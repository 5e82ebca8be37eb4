namespace Multus.Core.Networks;

/// <summary>A file as it was found on disk: its content, or why it could not be read.</summary>
public sealed record FoundFile(string Path, ReadOnlyMemory<byte> Content, string? Unreadable = null);
