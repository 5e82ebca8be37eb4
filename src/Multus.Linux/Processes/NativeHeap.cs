using System.Runtime.InteropServices;

namespace Multus.Linux.Processes;

/// <summary>The C library's heap, on which OpenSSL and the runtime itself live.</summary>
public static partial class NativeHeap
{
    private const int ArenaMax = -8; // M_ARENA_MAX, mallopt(3)

    /// <summary>
    /// Keeps all of it in one arena. The C library makes up to eight for each processor, so that threads need not wait
    /// for each other; each keeps what it was ever filled with, about a megabyte after a burst of pods. Call it before
    /// any thread has been started.
    /// </summary>
    /// <returns>False: the C library has no such setting, and memory is as it says.</returns>
    public static bool UseOneArena()
    {
        try
        {
            return SetOption(ArenaMax, 1) == 1;
        }
        catch (EntryPointNotFoundException)
        {
            return false; // musl, which has no arenas
        }
    }

    /// <summary>Gives what is free back to the system. Nothing where the C library does so by itself.</summary>
    public static void Trim()
    {
        try
        {
            _ = GiveBack(0);
        }
        catch (EntryPointNotFoundException)
        {
            // musl, which keeps little
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int GiveBack(nuint kept);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);
}
