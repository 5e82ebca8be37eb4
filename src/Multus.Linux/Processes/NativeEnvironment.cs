using System.Runtime.InteropServices;

namespace Multus.Linux.Processes;

/// <summary>
/// The environment as native code of this process sees it (setenv(3)). What .NET has read of it before, and what
/// children are given, is not touched. No other thread may look at it meanwhile: for the start of a process.
/// </summary>
public static partial class NativeEnvironment
{
    /// <summary>Does something while variables have a value; then they are as they were.</summary>
    /// <param name="names">Of the variables.</param>
    /// <param name="value">What all of them have.</param>
    /// <param name="work">Runs native code that reads them.</param>
    /// <exception cref="InvalidOperationException">The environment has no room.</exception>
    public static void While(IReadOnlyList<string> names, string value, Action work)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(work);
        var before = names.Select(Environment.GetEnvironmentVariable).ToList();
        try
        {
            foreach (var name in names)
                Put(name, value);
            work();
        }
        finally
        {
            for (var i = 0; i < names.Count; i++)
                Put(names[i], before[i]);
        }
    }

    private static void Put(string name, string? value)
    {
        if ((value is null ? Unset(name) : Set(name, value, 1)) != 0)
            throw new InvalidOperationException($"the environment of this process has no room for {name}"); // ENOMEM
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Set(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "unsetenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unset(string name);
}
