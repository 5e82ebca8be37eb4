using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Multus.Linux.Files;
using Multus.Linux.Processes;

namespace Multus.Engine.Installation;

/// <summary>
/// Puts a program where the container runtime looks: whole or not at all, also while the old one is being executed, and
/// only if it runs on this machine.
/// </summary>
public sealed class ProgramFile(IProcessRunner processes)
{
    private const UnixFileMode Mode =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    private const int MaxBytes = 256 << 20;
    private const int HeaderBytes = 20;
    private const int MachineOffset = 18; // e_machine, little endian, in 32 and 64 bit alike
    private const ushort X64 = 62;
    private const ushort Arm64 = 183;
    private const int MaxOutput = 4096;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Installs it.</summary>
    /// <param name="source">The program.</param>
    /// <param name="folder">Made if it is missing.</param>
    /// <param name="name">What it is called there.</param>
    /// <param name="cancel">Gives it up; what was there still is.</param>
    /// <returns>False: it was there already.</returns>
    /// <exception cref="InstallException">It is no program for this machine, or does not run.</exception>
    /// <exception cref="IOException">The folder cannot be written; what was there still is.</exception>
    public async Task<bool> InstallAsync(string source, string folder, string name, CancellationToken cancel)
    {
        var content = Read(source);
        RequireMachine(source, content);
        await RequireRunningAsync(source, cancel).ConfigureAwait(false);

        var target = Path.Combine(folder, name);
        DurableFile.CreateFolder(folder, Mode);
        Sweep(folder, name);
        if (IsSame(target, content))
            return false;

        DurableFile.Replace(target, content, Mode);
        return true;
    }

    /// <summary>Takes it away; that it is missing is fine.</summary>
    /// <returns>Whether it was there.</returns>
    /// <exception cref="IOException">It is still there.</exception>
    public static bool Remove(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        if (Directory.Exists(folder))
            Sweep(folder, name);
        if (FileStatus.FindLink(path) is null)
            return false;
        DurableFile.Delete(path);
        return true;
    }

    // What installers that were killed have left: ours, and upstream's.
    private static void Sweep(string folder, string name)
    {
        _ = DurableFile.SweepTempsOf(Path.Combine(folder, name));
        foreach (var left in Directory.EnumerateFiles(folder, $"{name}.temp*"))
            DurableFile.Delete(left);
    }

    private static byte[] Read(string source)
    {
        try
        {
            return RegularFile.Read(source, MaxBytes);
        }
        catch (IOException e)
        {
            throw new InstallException($"{source} cannot be read: {e.Message}", e);
        }
    }

    private static void RequireMachine(string source, ReadOnlySpan<byte> content)
    {
        if (content.Length < HeaderBytes || !content.StartsWith("\u007fELF"u8))
            throw new InstallException($"{source} is no program for Linux (no ELF header); nothing was replaced");
        var machine = BinaryPrimitives.ReadUInt16LittleEndian(content[MachineOffset..]);
        var wanted = RuntimeInformation.OSArchitecture switch
        {
            Architecture.X64 => X64,
            Architecture.Arm64 => Arm64,
            var other => throw new InstallException($"there is no Multus for a machine of architecture {other}"),
        };
        if (machine != wanted)
            throw new InstallException(
                $"{source} is for {NameOf(machine)}, and this machine is {NameOf(wanted)}; nothing was replaced: take "
                    + "the image of this architecture"
            );
    }

    private static string NameOf(ushort machine) =>
        machine switch
        {
            X64 => "x86-64",
            Arm64 => "arm64",
            _ => $"ELF machine {machine}",
        };

    private async Task RequireRunningAsync(string source, CancellationToken cancel)
    {
        var result = await processes
            .RunAsync(
                new ProcessSpec(source, default, [], Patience, MaxOutput, MaxOutput) { Arguments = ["-version"] },
                cancel
            )
            .ConfigureAwait(false);
        if (result is not { End: ProcessEnd.Exited, Code: 0 })
            throw new InstallException(
                $"{source} -version does not run here: {result.Description}"
                    + $"{System.Text.Encoding.UTF8.GetString(result.Stderr.Span).Trim() switch
                    {
                        "" => "",
                        var words => $": {words}",
                    }}; nothing was replaced"
            );
    }

    private static bool IsSame(string target, ReadOnlySpan<byte> content)
    {
        if (FileStatus.FindLink(target) is not { Kind: FileKind.RegularFile } found || found.Length != content.Length)
            return false;
        return File.GetUnixFileMode(target) == Mode
            && RegularFile.Read(target, MaxBytes).AsSpan().SequenceEqual(content);
    }
}
