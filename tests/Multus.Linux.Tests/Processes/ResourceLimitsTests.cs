using Multus.Linux.Native;
using Multus.Linux.Processes;

namespace Multus.Linux.Tests.Processes;

public sealed class ResourceLimitsTests
{
    [Fact]
    public void The_limit_of_open_files_is_what_the_kernel_says() =>
        Assert.Equal(
            Soft("Max open files"),
            ResourceLimits.OpenFiles == long.MaxValue ? "unlimited" : $"{ResourceLimits.OpenFiles}"
        );

    [Fact]
    public void Too_many_open_files_are_explained_with_the_limit() =>
        Assert.Equal(
            $"raise the daemon's limit of open files (RLIMIT_NOFILE): it is {ResourceLimits.OpenFiles}",
            ResourceLimits.Explain(Errno.EMFILE)
        );

    [Fact]
    public void Too_many_processes_outside_a_cgroup_that_is_full_are_explained_with_all_that_may_be_the_limit() =>
        Assert.Equal(
            $"end what plugins have left running, or raise the limit of processes: pids.max of a cgroup above the daemon's, RLIMIT_NPROC ({Soft("Max processes")}), or the sysctl kernel.pid_max",
            ResourceLimits.Explain(Errno.EAGAIN)
        );

    [Theory]
    [InlineData(Errno.EAGAIN, true)]
    [InlineData(Errno.EMFILE, true)]
    [InlineData(Errno.ENFILE, true)]
    [InlineData(Errno.ENOMEM, true)]
    [InlineData(Errno.ENOENT, false)]
    [InlineData(Errno.EACCES, false)]
    public void Only_what_may_be_better_later_is_a_shortage_and_is_explained(int errno, bool isShortage)
    {
        Assert.Equal(isShortage, ResourceLimits.IsShortage(errno));
        Assert.Equal(isShortage, ResourceLimits.Explain(errno) is not null);
    }

    // "Max open files            1024                 524288               files"
    private static string Soft(string name) =>
        File.ReadLines("/proc/self/limits")
            .First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..]
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[0];
}
