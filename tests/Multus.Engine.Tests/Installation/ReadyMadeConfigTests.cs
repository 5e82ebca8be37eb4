using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Engine.Installation;
using Multus.TestSupport;

namespace Multus.Engine.Tests.Installation;

/// <summary>A ready-made configuration of the runtime that is kept as it was given.</summary>
public sealed class ReadyMadeConfigTests : IDisposable, IRuntimeConfigPorts
{
    private const string Content = """{"cniVersion":"1.0.0","name":"multus-cni-network","type":"multus-shim"}""";

    private readonly TempFolder _temp = new();
    private readonly List<string> _told = [];
    private readonly string _source;
    private readonly string _file;

    public ReadyMadeConfigTests()
    {
        _source = _temp.File("given/20-multus.conf", Content);
        _file = _temp["net.d", "20-multus.conf"];
    }

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task It_is_there_at_the_start_under_its_own_name_for_root_alone_and_put_back()
    {
        var keeper = Keeper();
        await keeper.LookAsync(CancellationToken.None);
        Assert.Equal(Content, await File.ReadAllTextAsync(_file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_file));
        Assert.Equal([_file], Directory.GetFileSystemEntries(_temp["net.d"]));
        Assert.Empty(_told);

        File.Delete(_file);
        await keeper.LookAsync(CancellationToken.None);

        Assert.Equal(Content, await File.ReadAllTextAsync(_file));
        Assert.Equal(["RuntimeConfigurationRestored"], _told);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{\"name\":")]
    [InlineData("{\"cniVersion\":\"1.0.0\",\"name\":\"n\"}")]
    public async Task What_keeps_it_from_being_there_is_the_nodes_fault_until_it_is_there(string? given)
    {
        File.Delete(_source);
        if (given is not null)
            _temp.File("given/20-multus.conf", given);
        var keeper = Keeper();
        await keeper.LookAsync(CancellationToken.None);
        Assert.Contains(_source, Assert.Single(keeper.State.Faults), StringComparison.Ordinal);
        Assert.False(File.Exists(_file));

        _temp.File("given/20-multus.conf", Content);
        await keeper.LookAsync(CancellationToken.None);

        Assert.Empty(keeper.State.Faults);
    }

    [Fact]
    public async Task A_new_version_of_it_is_taken_over()
    {
        var keeper = Keeper();
        await keeper.LookAsync(CancellationToken.None);
        var other = Content.Replace("1.0.0", "1.1.0", StringComparison.Ordinal);

        _temp.File("given/20-multus.conf", other);
        await keeper.LookAsync(CancellationToken.None);

        Assert.Equal(other, await File.ReadAllTextAsync(_file));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task At_the_end_it_stays_unless_it_is_to_go(bool goes)
    {
        var keeper = Keeper(goes);
        await keeper.LookAsync(CancellationToken.None);

        keeper.End();

        Assert.Equal(!goes, File.Exists(_file));
    }

    Task<CniError?> IRuntimeConfigPorts.AskStatusAsync(NetworkConfiguration network, CancellationToken cancel) =>
        throw new InvalidOperationException("nobody has to be asked");

    Task<CniVersion?> IRuntimeConfigPorts.RuntimeVersionAsync(CancellationToken cancel) =>
        throw new InvalidOperationException("nobody has to be asked");

    void IRuntimeConfigPorts.Tell(string reason, string words) => _told.Add(reason);

    private RuntimeConfigKeeper Keeper(bool goes = false) =>
        new(
            new RuntimeConfigSettings
            {
                Folder = _temp["net.d"],
                FileName = "20-multus.conf",
                FixedFile = _source,
                Settle = TimeSpan.Zero,
                RemoveOnExit = goes,
            },
            this,
            new FakeTimeProvider(),
            NullLogger.Instance
        );
}
