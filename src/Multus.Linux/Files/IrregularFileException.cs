namespace Multus.Linux.Files;

/// <summary>
/// Something that is no regular file was found where one is to be read. It was not opened: reading it might never end.
/// </summary>
public sealed class IrregularFileException(string path, FileKind kind)
    : IOException($"cannot read {path}: it is {kind.Words()}, must be a regular file or a link to one")
{
    public FileKind Kind { get; } = kind;
}
