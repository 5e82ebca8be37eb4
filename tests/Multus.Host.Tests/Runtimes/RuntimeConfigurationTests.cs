using Microsoft.Extensions.Time.Testing;
using Multus.Host.Runtimes;
using Multus.Host.Tests.Logging;
using Multus.TestSupport;

namespace Multus.Host.Tests.Runtimes;

public sealed class RuntimeConfigurationTests : IDisposable
{
    private const string Content = """{"type":"multus-shim"}""";

    private readonly TempFolder _temp = new();
    private readonly List<string> _told = [];
    private readonly FakeTimeProvider _time = new();
    private readonly MemoryLog _log = new();
    private readonly string _source;
    private readonly string _folder;
    private readonly string _path;

    public RuntimeConfigurationTests()
    {
        _source = Path.Combine(_temp.Folder("config"), "00-multus.conf");
        File.WriteAllText(_source, Content);
        _folder = _temp.Folder("net.d");
        _path = Path.Combine(_folder, "00-multus.conf");
    }

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task The_file_is_put_back_at_the_start_for_root_alone_and_that_is_said()
    {
        using var configuration = Configuration();

        await configuration.StartAsync(CancellationToken.None);

        Assert.Equal(Content, await File.ReadAllTextAsync(_path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_path));
        Assert.Equal([_path], Directory.GetFileSystemEntries(_folder));
        Assert.Contains("was put back", Assert.Single(_log.Lines), StringComparison.Ordinal);
        Assert.StartsWith(_path, Assert.Single(_told), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_taken_away_while_the_daemon_runs_is_put_back_within_a_second()
    {
        using var configuration = Configuration();
        await configuration.StartAsync(CancellationToken.None);
        File.Delete(_path);

        _time.Advance(RuntimeConfiguration.Interval);

        Assert.Equal(Content, await File.ReadAllTextAsync(_path));
    }

    [Fact]
    public async Task A_file_that_is_there_stays_as_it_is_whatever_it_says()
    {
        await File.WriteAllTextAsync(_path, "the operator's");
        using var configuration = Configuration();

        await configuration.StartAsync(CancellationToken.None);
        _time.Advance(RuntimeConfiguration.Interval);

        Assert.Equal("the operator's", await File.ReadAllTextAsync(_path));
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task What_keeps_it_from_being_put_back_is_said_once_and_the_node_is_not_ready_until_it_is_there()
    {
        File.Delete(_source);
        using var configuration = Configuration();

        await configuration.StartAsync(CancellationToken.None);
        _time.Advance(RuntimeConfiguration.Interval);

        Assert.Contains(_source, Assert.Single(_log.Lines), StringComparison.Ordinal);
        Assert.Contains($"{_path} is not there", Assert.Single(configuration.Faults), StringComparison.Ordinal);

        await File.WriteAllTextAsync(_source, Content);
        _time.Advance(RuntimeConfiguration.Interval);

        Assert.Empty(configuration.Faults);
    }

    [Fact]
    public async Task After_the_daemon_has_ended_the_file_is_not_put_back()
    {
        using var configuration = Configuration();
        await configuration.StartAsync(CancellationToken.None);
        await configuration.StopAsync(CancellationToken.None);
        File.Delete(_path);

        _time.Advance(RuntimeConfiguration.Interval);

        Assert.False(File.Exists(_path));
    }

    private RuntimeConfiguration Configuration() => new(_source, _folder, _told.Add, _time, _log);
}
