using Multus.Shim.Tests.Support;
using Multus.TestSupport.Daemons;

namespace Multus.Shim.Tests;

public sealed class SocketWatchTests
{
    [Fact]
    public void A_socket_that_appears_ends_the_wait()
    {
        using var folder = new TempFolder();
        using var watch = new SocketWatch(folder.In("multus.sock"), mayWatch: true);

        File.WriteAllText(folder.In("multus.sock"), "");

        Assert.True(watch.Wait(Wait.Patience));
    }

    [Fact]
    public void A_file_renamed_to_the_socket_ends_the_wait()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.In("other"), "");
        using var watch = new SocketWatch(folder.In("multus.sock"), mayWatch: true);

        File.Move(folder.In("other"), folder.In("multus.sock"));

        Assert.True(watch.Wait(Wait.Patience));
    }

    [Fact]
    public void While_the_folder_is_missing_the_one_above_is_watched()
    {
        using var folder = new TempFolder();
        using var watch = new SocketWatch(folder.In("a/b/multus.sock"), mayWatch: true);

        Directory.CreateDirectory(folder.In("a"));

        Assert.True(watch.Wait(Wait.Patience));
    }

    [Fact]
    public void A_folder_that_was_removed_and_made_again_is_watched_after_rearming()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.In("a"));
        using var watch = new SocketWatch(folder.In("a/multus.sock"), mayWatch: true);
        Directory.Delete(folder.In("a"));
        Directory.CreateDirectory(folder.In("a"));

        watch.Rearm();
        File.WriteAllText(folder.In("a/multus.sock"), "");

        Assert.True(watch.Wait(Wait.Patience));
    }

    [Fact]
    public void Without_leave_to_watch_a_wait_takes_its_time()
    {
        using var folder = new TempFolder();
        using var watch = new SocketWatch(folder.In("multus.sock"), mayWatch: false);
        File.WriteAllText(folder.In("multus.sock"), "");

        Assert.True(watch.IsBlind);
        Assert.False(watch.Wait(TimeSpan.FromMilliseconds(1)));
    }
}
