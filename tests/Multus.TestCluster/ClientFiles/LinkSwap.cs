using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Multus.TestCluster.ClientFiles;

/// <summary>
/// Points a link elsewhere in one step. <see cref="File.Move(string, string, bool)"/> will not rename a link that leads
/// to a folder.
/// </summary>
public static class LinkSwap
{
    /// <exception cref="Win32Exception">The kernel refused.</exception>
    public static void Point(string link, string target)
    {
        var next = link + "_tmp";
        File.CreateSymbolicLink(next, target);
        if (Rename(next, link) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"rename {next} to {link}");
    }

    [DllImport(
        "libc",
        EntryPoint = "rename",
        SetLastError = true,
        CharSet = CharSet.Ansi,
        BestFitMapping = false,
        ThrowOnUnmappableChar = true
    )]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Rename(string from, string to);
}
