using Multus.Cni;
using Multus.Engine.Installation;

namespace Multus.Engine.Tests.Installation;

/// <summary>The runtime's configuration is kept, whatever becomes of it.</summary>
public sealed class KeptRuntimeConfigTests : KeeperTest
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_somebody_does_to_it_is_undone_five_times_in_a_minute_and_then_said(bool removes)
    {
        Network("10-x.conf");
        var keeper = Keeper("{}");
        await SettleAsync(keeper);
        var good = await File.ReadAllTextAsync(ConfigFile);
        for (var i = 0; i < 5; i++)
        {
            Harm(removes);
            await keeper.LookAsync(CancellationToken.None);
            Assert.Equal(good, await File.ReadAllTextAsync(ConfigFile));
        }

        Harm(removes);
        await keeper.LookAsync(CancellationToken.None);

        Assert.True(keeper.State.IsGivenUp);
        Assert.Contains("cni-exclusive", Assert.Single(keeper.State.Faults), StringComparison.Ordinal);
        Assert.Equal(5, Ports.Told.Count(told => told.Reason == "RuntimeConfigurationRestored"));
        Assert.Single(Ports.Told, told => told.Reason == "RuntimeConfigurationTaken");

        Time.Advance(TimeSpan.FromMinutes(5)); // who insisted was stopped: one more try, and a quiet minute
        await keeper.LookAsync(CancellationToken.None);
        Time.Advance(TimeSpan.FromMinutes(1));
        await keeper.LookAsync(CancellationToken.None);
        Assert.Equal(good, await File.ReadAllTextAsync(ConfigFile));
        Assert.Empty(keeper.State.Faults);
    }

    [Fact]
    public async Task After_uninstall_it_is_taken_away_and_stays_away_until_install()
    {
        Network("10-x.conf");
        var markers = new InstallMarkers(Temp["cni"]);
        var keeper = Keeper("{}", WithMarker);
        await SettleAsync(keeper);

        markers.SayUninstalled();
        await SettleAsync(keeper);
        Assert.False(File.Exists(ConfigFile));
        Assert.Single(keeper.State.Faults);

        markers.SayInstalled("1");
        await SettleAsync(keeper);
        Assert.True(File.Exists(ConfigFile));
    }

    [Fact]
    public async Task While_a_network_does_not_say_whether_it_is_able_the_file_is_kept()
    {
        Network("10-x.conf");
        var keeper = Keeper("{}");
        await SettleAsync(keeper);
        var good = await File.ReadAllTextAsync(ConfigFile);
        Ports.Silence = new TaskCompletionSource<CniError?>();
        Network("05-y.conf");
        await SettleAsync(keeper);

        Harm(removes: true);
        await keeper.LookAsync(CancellationToken.None);
        Assert.Equal(good, await File.ReadAllTextAsync(ConfigFile));

        Ports.Silence.SetResult(null);
        await keeper.LookAsync(CancellationToken.None);
        Assert.Equal(Temp["05-y.conf"], Written("clusterNetwork"));
    }

    [Fact]
    public async Task What_another_Multus_writes_after_uninstall_is_its_own()
    {
        Network("10-x.conf");
        var markers = new InstallMarkers(Temp["cni"]);
        var keeper = Keeper("{}", WithMarker);
        await SettleAsync(keeper);
        markers.SayUninstalled();
        await keeper.LookAsync(CancellationToken.None);

        await File.WriteAllTextAsync(ConfigFile, "upstream's");
        await keeper.LookAsync(CancellationToken.None);

        Assert.Equal("upstream's", await File.ReadAllTextAsync(ConfigFile));
    }

    [Fact]
    public async Task A_disk_that_takes_no_file_is_said_and_nobody_is_blamed_for_it()
    {
        Network("10-x.conf");
        var folder = Temp.File("blocked", "a file where the folder has to be");
        var keeper = Keeper("{}", settings => settings with { Folder = folder });
        for (var i = 0; i < 10; i++)
            await SettleAsync(keeper);
        Assert.Contains(folder, Assert.Single(keeper.State.Faults), StringComparison.Ordinal);

        File.Delete(folder);
        await keeper.LookAsync(CancellationToken.None);

        Assert.Empty(keeper.State.Faults);
        Assert.Empty(Ports.Told);
        Assert.Equal(0, keeper.State.Restored);
    }

    [Fact]
    public async Task A_bug_of_whom_it_asks_is_its_trouble_and_it_goes_on()
    {
        Network("10-x.conf");
        Ports.Silence = new TaskCompletionSource<CniError?>();
        Ports.Silence.SetException(new InvalidOperationException("a bug"));
        var keeper = Keeper("{}");
        await SettleAsync(keeper);
        Assert.Contains("a bug", Assert.Single(keeper.State.Faults), StringComparison.Ordinal);

        Ports.Silence = null;
        await SettleAsync(keeper);

        Assert.Empty(keeper.State.Faults);
    }
}
