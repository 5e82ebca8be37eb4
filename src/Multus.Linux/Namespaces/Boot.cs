namespace Multus.Linux.Namespaces;

/// <summary>
/// Which start of the machine this is: no namespace outlives one, and numbers of inodes are given out anew in each.
/// </summary>
public static class Boot
{
    private const string File = "/proc/sys/kernel/random/boot_id";

    private static readonly Lazy<string?> Known = new(Read);

    /// <summary>The kernel's name for it; null where it does not say.</summary>
    public static string? Id => Known.Value;

    private static string? Read()
    {
        try
        {
            return System.IO.File.ReadAllText(File).Trim() is { Length: > 0 } id ? id : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // a sandbox of an unknown start is never taken for one of an earlier start
        }
    }
}
