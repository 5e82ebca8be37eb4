using System.Text;
using Multus.Cni;
using Multus.Engine.Attach;
using Multus.Engine.Ports;
using Multus.Engine.Requests;
using Multus.Linux.Files;

namespace Multus.Engine.State;

/// <summary>
/// The containers of which all that they had was detached, over a restart of the daemon: runtimes send several DELs for
/// one, and only the first has something to do. Bounded: of two generations the older is dropped when the younger is
/// full.
/// </summary>
/// <remarks>
/// Not flushed: what a power cut takes away is detached once more, which does no harm. Any thread. One file for each
/// generation, a line for each container, with a minus before one that is attached anew.
/// </remarks>
public sealed class DetachedSandboxes(ILogger log)
{
    /// <summary>The younger generation's file below <c>cniDir</c>. No container's ID begins with a dot.</summary>
    public const string FileName = ".detached";

    /// <summary>The older one's.</summary>
    public const string OlderFileName = ".detached-before";

    /// <summary>
    /// How many lines a generation has. A node makes a few thousand pods in the minutes in which a runtime repeats a
    /// DEL, when it is in a great hurry.
    /// </summary>
    public const int MaxLines = 10_000;

    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const char AttachedAnew = '-';

    private readonly Lock _gate = new(); // guards the folders and all in them
    private readonly Dictionary<string, Generations> _folders = new(StringComparer.Ordinal);

    public bool Has(string cniDir, SandboxId sandbox)
    {
        lock (_gate)
            return Of(cniDir) is var known
                && (known.Younger.Contains(sandbox.Value) || known.Older.Contains(sandbox.Value));
    }

    /// <summary>All that the container had is detached.</summary>
    public void Remember(string cniDir, SandboxId sandbox)
    {
        lock (_gate)
        {
            var known = Of(cniDir);
            if (known.Younger.Contains(sandbox.Value))
                return;

            Append(cniDir, known, sandbox.Value);
            known.Younger.Add(sandbox.Value); // after: it may have begun a generation
        }
    }

    /// <summary>The container is attached anew.</summary>
    public void Forget(string cniDir, SandboxId sandbox)
    {
        lock (_gate)
        {
            var known = Of(cniDir);
            if (known.Younger.Remove(sandbox.Value) | known.Older.Remove(sandbox.Value))
                Append(cniDir, known, AttachedAnew + sandbox.Value);
        }
    }

    private Generations Of(string cniDir)
    {
        if (!_folders.TryGetValue(cniDir, out var known))
        {
            known = new Generations();
            Load(Path.Combine(cniDir, OlderFileName), known, known.Older);
            known.Lines = Load(Path.Combine(cniDir, FileName), known, known.Younger);
            _folders.Add(cniDir, known);
        }

        return known;
    }

    private int Load(string path, Generations known, HashSet<string> generation)
    {
        try
        {
            var lines = Encoding
                .UTF8.GetString(RegularFile.Read(path))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries);
            foreach (var line in lines)
            {
                if (line[0] != AttachedAnew)
                {
                    generation.Add(line);
                    continue;
                }

                known.Older.Remove(line[1..]);
                known.Younger.Remove(line[1..]);
            }

            return lines.Length;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SandboxLog.DetachedNotKept(log, path, e.Message);
            return 0;
        }
    }

    // The line's end comes first: a line that a crash cut short is one of its own then, and names no container.
    private void Append(string cniDir, Generations known, string line)
    {
        var path = Path.Combine(cniDir, FileName);
        try
        {
            if (known.Lines >= MaxLines)
                BeginAnew(cniDir, known, path);
            DurableFile.CreateFolder(cniDir, FolderMode);
            using var file = AppendedFile.Open(path, FileMode);
            file.Write(Encoding.UTF8.GetBytes($"\n{line}"));
            known.Lines++;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SandboxLog.DetachedNotKept(log, path, e.Message); // known as long as this process lives
        }
    }

    private static void BeginAnew(string cniDir, Generations known, string path)
    {
        if (File.Exists(path))
            File.Move(path, Path.Combine(cniDir, OlderFileName), overwrite: true);
        (known.Older, known.Younger, known.Lines) = (known.Younger, new HashSet<string>(StringComparer.Ordinal), 0);
    }

    private sealed class Generations
    {
        public HashSet<string> Younger { get; set; } = new(StringComparer.Ordinal);

        public HashSet<string> Older { get; set; } = new(StringComparer.Ordinal);

        /// <summary>Of the younger one's file.</summary>
        public int Lines { get; set; }
    }
}
