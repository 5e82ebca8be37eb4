using Microsoft.Extensions.Logging.Abstractions;
using Multus.Cni;
using Multus.Core.Pods;
using Multus.Engine.State;
using Multus.TestSupport;

namespace Multus.Engine.Tests.State;

public class StatusSpoolTests : IDisposable
{
    private static readonly DateTimeOffset Since = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly PodKey Pod = new("ns", "pod");
    private static readonly SandboxId Sandbox = SandboxId.Parse("c1");

    private readonly TempFolder _cniDir = new();
    private readonly StatusSpool _spool;

    public StatusSpoolTests()
    {
        _spool = Spool();
        _cniDir.File(Sandbox.Value, "{}");
    }

    public void Dispose()
    {
        _cniDir.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A daemon of another version reads it.</summary>
    [Theory]
    [InlineData(
        "[1]",
        """{"version":1,"since":"2030-01-02T03:04:05+00:00","sandbox":"c1","namespace":"ns","name":"pod","uid":"u1","annotation":"a/b","status":"[1]"}"""
    )]
    [InlineData(
        null,
        """{"version":1,"since":"2030-01-02T03:04:05+00:00","sandbox":"c1","namespace":"ns","name":"pod","uid":"u1","annotation":"a/b"}"""
    )]
    public void A_status_and_a_clearing_stand_on_disk_as_ever_and_are_read_back(string? json, string content)
    {
        var status = Status(json);
        _spool.Keep(status, Since);

        var path = _cniDir["status/d6d72834b8bae1fe1f713f86caed98a3.json"];
        Assert.Equal([path], Directory.GetFiles(_cniDir["status"]));
        Assert.Equal(content, File.ReadAllText(path));
        Assert.Equal([(status, Since)], Spool().Load());
    }

    [Fact]
    public void The_newest_of_a_pod_takes_the_place_of_the_one_before()
    {
        _spool.Keep(Status("[1]"), Since);
        _spool.Keep(Status("[2]"), Since);

        Assert.Equal((1, true), (_spool.Count, _spool.Has(Pod)));
        Assert.Equal("[2]", Assert.Single(Spool().Load()).Status.Json);
    }

    [Fact]
    public void What_is_forgotten_has_no_file_and_what_was_never_kept_costs_none()
    {
        _spool.Forget(Pod);
        Assert.False(Directory.Exists(_cniDir["status"]));

        _spool.Keep(Status("[1]"), Since);
        _spool.Forget(Pod);

        Assert.Equal((0, false), (_spool.Count, _spool.Has(Pod)));
        Assert.Empty(Directory.GetFiles(_cniDir["status"]));
    }

    [Fact]
    public void A_file_that_cannot_be_removed_counts_as_one_so_that_the_pod_s_next_status_replaces_it()
    {
        _spool.Keep(Status("[1]"), Since);
        var path = Assert.Single(Directory.GetFiles(_cniDir["status"]));
        File.Delete(path);
        Directory.CreateDirectory(path); // no call that removes files removes it

        _spool.Forget(Pod);

        Assert.True(_spool.Has(Pod));
        Directory.Delete(path);
        _spool.Forget(Pod);
        Assert.False(_spool.Has(Pod));
    }

    [Fact]
    public void What_cannot_be_kept_does_not_count_as_being_on_disk()
    {
        _cniDir.File("status", "in the way");

        _spool.Keep(Status("[1]"), Since);

        Assert.Equal((0, false), (_spool.Count, _spool.Has(Pod)));
    }

    [Fact]
    public async Task How_it_stands_may_be_asked_while_it_changes()
    {
        var pods = Enumerable.Range(0, 200).Select(i => new PodKey("ns", $"pod-{i}")).ToList();
        var changes = Task.Run(() =>
        {
            foreach (var pod in pods)
                _spool.Keep(Status("[1]") with { Pod = pod }, Since);
            foreach (var pod in pods.Take(100))
                _spool.Forget(pod);
        });
        while (!changes.IsCompleted)
            Assert.InRange(pods.Count(_spool.Has), 0, pods.Count);
        await changes;

        Assert.Equal((100, 100), (_spool.Count, pods.Count(_spool.Has)));
    }

    private StatusSpool Spool() => new(_cniDir.Path, NullLogger.Instance);

    private static SpooledStatus Status(string? json) => new(Sandbox, Pod, "u1", "a/b", json);
}
