using Multus.Linux.Namespaces;
using Multus.TestSupport;

namespace Multus.Linux.Tests.Namespaces;

public sealed class NetworkNamespaceTests
{
    private const string OwnLink = "/proc/thread-self/ns/net";

    [RootFact]
    public void Work_runs_inside_and_the_thread_returns()
    {
        using var ns = new TestNamespace();
        var before = Current();

        var inside = NetworkNamespace.Run(ns.Path, Current);

        Assert.NotEqual(before, inside);
        Assert.Equal(ns.Exec("readlink", "/proc/self/ns/net").Trim(), inside);
        Assert.Equal(before, Current());
    }

    [RootFact]
    public void The_thread_returns_when_the_work_throws()
    {
        using var ns = new TestNamespace();
        var before = Current();

        Assert.Throws<NotSupportedException>(() =>
            NetworkNamespace.Run<int>(ns.Path, () => throw new NotSupportedException())
        );

        Assert.Equal(before, Current());
    }

    [RootFact]
    public void One_namespace_can_be_entered_from_within_another()
    {
        using var outer = new TestNamespace();
        using var inner = new TestNamespace();

        var (deepest, back) = NetworkNamespace.Run(
            outer.Path,
            () => (NetworkNamespace.Run(inner.Path, Current), Current())
        );

        Assert.Equal(inner.Exec("readlink", "/proc/self/ns/net").Trim(), deepest);
        Assert.Equal(outer.Exec("readlink", "/proc/self/ns/net").Trim(), back);
    }

    [RootFact]
    public void Entering_leaves_no_descriptor_open()
    {
        using var ns = new TestNamespace();
        NetworkNamespace.Run(ns.Path, () => 0);
        var before = Tests.Processes.Proc.OpenDescriptors;

        for (var i = 0; i < 100; i++)
            NetworkNamespace.Run(ns.Path, () => 0);

        Assert.InRange(Tests.Processes.Proc.OpenDescriptors, 0, before + 99); // less than one of each round; the test host has some of its own
    }

    [Fact]
    public void A_missing_path_is_named_with_its_errno()
    {
        var failure = Assert.Throws<NamespaceException>(() =>
            NetworkNamespace.Run("/run/netns/nowhere-at-all", () => 0)
        );

        Assert.Equal(("/run/netns/nowhere-at-all", 2, true), (failure.Path, failure.Errno, failure.IsMissing));
        Assert.Equal(
            "network namespace /run/netns/nowhere-at-all: cannot be opened: No such file or directory (ENOENT)",
            failure.Message
        );
    }

    [Theory]
    [InlineData("/etc/hostname")]
    [InlineData("/etc")]
    [InlineData("/dev/null")]
    [InlineData("/proc/self/ns/mnt")]
    public void What_is_not_a_network_namespace_is_refused(string path)
    {
        var failure = Assert.Throws<NamespaceException>(() => NetworkNamespace.Run(path, () => 0));

        Assert.Equal((0, false), (failure.Errno, failure.IsMissing));
        Assert.Contains($"{path}: what is there is not a network namespace", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fifo_is_refused_without_waiting_for_a_writer()
    {
        using var folder = new TempFolder();
        ProcessTool.Run("mkfifo", folder["fifo"]);

        Assert.Throws<NamespaceException>(() => NetworkNamespace.Run(folder["fifo"], () => 0));
    }

    [RootFact]
    public void Asynchronous_work_is_refused()
    {
        using var ns = new TestNamespace();

        Assert.Throws<ArgumentException>(() =>
        {
            _ = NetworkNamespace.Run(ns.Path, () => Task.CompletedTask);
        });
    }

    [RootFact]
    public void A_namespace_is_told_from_what_its_deletion_leaves()
    {
        var ns = new TestNamespace();
        Assert.True(NetworkNamespace.IsNamespace(ns.Path));

        ns.Dispose();

        Assert.False(NetworkNamespace.IsNamespace(ns.Path));
    }

    [Theory]
    [InlineData("/proc/self/ns/net", true)]
    [InlineData("/proc/self/ns/mnt", false)]
    [InlineData("/etc/hostname", false)]
    [InlineData("/etc/hostname/below", false)]
    public void Only_a_network_namespace_is_one(string path, bool isOne) =>
        Assert.Equal(isOne, NetworkNamespace.IsNamespace(path));

    [Fact]
    public void A_fifo_is_told_without_being_opened()
    {
        using var folder = new TempFolder();
        ProcessTool.Run("mkfifo", folder["fifo"]);

        Assert.False(NetworkNamespace.IsNamespace(folder["fifo"]));
    }

    [Fact]
    public void A_path_with_a_zero_in_it_is_none() => Assert.False(NetworkNamespace.IsNamespace("/proc/self/ns/net\0"));

    [RootFact]
    public void The_own_namespace_is_told_from_others_by_whatever_path_it_is_named()
    {
        using var ns = new TestNamespace();

        Assert.True(NetworkNamespace.IsOwn($"/proc/{Environment.ProcessId}/ns/net"));
        Assert.False(NetworkNamespace.IsOwn(ns.Path));
        Assert.False(NetworkNamespace.IsOwn("/nowhere"));
    }

    [RootFact]
    public void A_namespace_that_a_mount_holds_is_held_and_one_that_is_gone_is_not()
    {
        var ns = new TestNamespace();
        var inode = NetworkNamespace.InodeOf(ns.Path)!.Value;
        Assert.Contains(inode, HeldNamespaces.Inodes());

        ns.Dispose();

        Assert.Null(NetworkNamespace.InodeOf(ns.Path));
    }

    [Fact]
    public void A_namespace_that_a_process_is_in_is_held() =>
        Assert.Contains(NetworkNamespace.InodeOf("/proc/self/ns/net")!.Value, HeldNamespaces.Inodes());

    [Fact]
    public void The_start_of_the_machine_has_a_name() => Assert.Matches("^[0-9a-f-]{36}$", Boot.Id);

    private static string Current() => new FileInfo(OwnLink).LinkTarget!;
}
