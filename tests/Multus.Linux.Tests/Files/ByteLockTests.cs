using Multus.Linux.Files;
using Multus.TestSupport;

namespace Multus.Linux.Tests.Files;

public sealed class ByteLockTests : IDisposable
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void One_holder_has_a_byte_at_a_time_also_within_one_process()
    {
        using (Take(7))
        {
            Assert.Null(TryTake(7));
            using var other = Take(long.MaxValue - 1); // another byte is free
        }

        using var next = Take(7);
    }

    [Fact]
    public void The_file_is_made_stays_empty_and_is_the_owner_s_alone()
    {
        using var held = Take(0);

        Assert.Equal(0, new FileInfo(_temp["lock"]).Length);
        Assert.Equal(Mode, File.GetUnixFileMode(_temp["lock"]));
    }

    [Fact]
    public void Another_file_that_is_opened_and_closed_does_not_take_the_lock_away()
    {
        using var held = Take(3);

        File.ReadAllText(_temp["lock"]);

        Assert.Null(TryTake(3));
    }

    [Fact]
    public void The_kernel_has_it_as_a_lock_of_the_open_file_on_that_byte_until_it_is_given_back()
    {
        using (Take(5))
            Assert.Contains("OFDLCK", Assert.Single(KernelLocks()), StringComparison.Ordinal);

        Assert.Empty(KernelLocks());
    }

    [Fact]
    public void A_folder_that_is_missing_is_named() =>
        Assert.Contains(
            _temp["none/lock"],
            Assert.Throws<FileException>(() => ByteLock.TryTake(_temp["none/lock"], 0, Mode)).Message,
            StringComparison.Ordinal
        );

    // proc_locks(5): number, kind, mode, access, PID, device:inode, first byte, last byte.
    private string[] KernelLocks()
    {
        var inode = ProcessTool.Run("stat", "-c", "%i", _temp["lock"]).Trim();
        return
        [
            .. File.ReadLines("/proc/locks").Where(line => line.Contains($":{inode} 5 5", StringComparison.Ordinal)),
        ];
    }

    private ByteLock Take(long at) => TryTake(at) ?? throw new InvalidOperationException($"byte {at} is taken");

    private ByteLock? TryTake(long at) => ByteLock.TryTake(_temp["lock"], at, Mode);
}
