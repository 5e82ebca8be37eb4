using System.Globalization;
using Multus.Cni;
using Multus.Linux.Files;
using Multus.Linux.Processes;

namespace Multus.Thin.Orphans;

/// <summary>
/// Which process of ours runs plugins for which sandbox, as empty files <c>cniDir/.running/{sandbox}@{pid}.{start}</c>:
/// what a killed one has left tells the next that plugins of the sandbox may still be running.
/// </summary>
/// <remarks>Not flushed: no plugin outlives the machine. Each process makes and removes its own.</remarks>
internal sealed class RunningMarks(string cniDir, DelegationMarker own)
{
    /// <summary>Below <c>cniDir</c>. No container's ID begins with a dot.</summary>
    public const string FolderName = ".running";

    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const char Separator = '@'; // no container's ID has one

    private readonly string _folder = Path.Combine(cniDir, FolderName);

    /// <summary>This process is about to run plugins for the sandbox.</summary>
    /// <exception cref="IOException">There is no mark.</exception>
    public void Make(SandboxId sandbox)
    {
        DurableFile.CreateFolder(_folder, FolderMode);
        using var file = AppendedFile.Open(OwnPathOf(sandbox), FileMode);
    }

    /// <summary>It does so no more.</summary>
    /// <exception cref="IOException">The mark is still there.</exception>
    public void Remove(SandboxId sandbox) => File.Delete(OwnPathOf(sandbox));

    /// <summary>The marks of processes that are gone.</summary>
    /// <param name="sandbox">Of this sandbox; null: of all.</param>
    public IReadOnlyList<string> OfTheGone(SandboxId? sandbox)
    {
        if (!Directory.Exists(_folder))
            return [];

        var prefix = sandbox is { } id ? id.Value + Separator : "";
        return
        [
            .. Directory
                .EnumerateFiles(_folder)
                .Where(path =>
                    Path.GetFileName(path).StartsWith(prefix, StringComparison.Ordinal) && IsOfTheGone(path)
                ),
        ];
    }

    private bool IsOfTheGone(string path)
    {
        var name = Path.GetFileName(path);
        var process = name[(name.LastIndexOf(Separator) + 1)..];
        return DelegationMarker.TryParse($"{process}:{own.CniDir}") is not { IsAlive: true }; // or somebody else's file
    }

    private string OwnPathOf(SandboxId sandbox) =>
        Path.Combine(
            _folder,
            string.Create(CultureInfo.InvariantCulture, $"{sandbox.Value}{Separator}{own.Pid}.{own.StartTicks}")
        );
}
