namespace Multus.Linux.Files;

/// <summary>Kinds of files as an error names them.</summary>
public static class FileKindWords
{
    public static string Words(this FileKind kind) =>
        kind switch
        {
            FileKind.RegularFile => "a regular file",
            FileKind.Folder => "a folder",
            FileKind.Link => "a link",
            FileKind.Fifo => "a FIFO",
            FileKind.CharacterDevice => "a character device",
            FileKind.BlockDevice => "a block device",
            FileKind.Socket => "a socket",
            _ => "something unknown",
        };
}
