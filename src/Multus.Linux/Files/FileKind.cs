namespace Multus.Linux.Files;

/// <summary>What a path can lead to (inode(7)).</summary>
public enum FileKind
{
    Unknown,
    RegularFile,
    Folder,
    Link,
    Fifo,
    CharacterDevice,
    BlockDevice,
    Socket,
}
