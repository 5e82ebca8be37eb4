using System.Globalization;
using Multus.Actors.Sandboxes;
using Multus.Actors.Tests.Fakes;
using Multus.Cni;
using Multus.Engine.State;
using Multus.TestSupport;

namespace Multus.Actors.Tests.Sandboxes;

public sealed class DetachedSandboxesTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly MemoryLog _log = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void What_was_detached_is_known_to_the_next_daemon_and_what_was_attached_anew_is_not()
    {
        var before = Detached();
        before.Remember(_temp.Path, SandboxId.Parse("c1"));
        before.Remember(_temp.Path, SandboxId.Parse("c2"));
        before.Forget(_temp.Path, SandboxId.Parse("c1"));

        Assert.Equal([false, true], Known(Detached(), "c1", "c2"));
    }

    [Fact]
    public void What_was_detached_last_is_known_and_no_more_is_kept_than_two_generations()
    {
        var detached = Detached();
        for (var i = 0; i <= 2 * DetachedSandboxes.MaxLines; i++)
            detached.Remember(_temp.Path, SandboxId.Parse(string.Create(CultureInfo.InvariantCulture, $"c{i}")));

        var last = string.Create(CultureInfo.InvariantCulture, $"c{2 * DetachedSandboxes.MaxLines}");
        string[] asked = ["c0", string.Create(CultureInfo.InvariantCulture, $"c{DetachedSandboxes.MaxLines}"), last];
        Assert.Equal([false, true, true], Known(detached, asked));
        Assert.Equal([false, true, true], Known(Detached(), asked));
        Assert.Equal(
            [DetachedSandboxes.FileName, DetachedSandboxes.OlderFileName],
            Directory.GetFiles(_temp.Path).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void A_line_that_a_crash_cut_short_spoils_no_other()
    {
        File.WriteAllText(_temp[DetachedSandboxes.FileName], "\nc1\nc");

        Detached().Remember(_temp.Path, SandboxId.Parse("c2"));

        Assert.Equal([true, true], Known(Detached(), "c1", "c2"));
    }

    [Fact]
    public void Where_nothing_can_be_kept_it_is_known_as_long_as_the_daemon_lives_and_that_is_said()
    {
        Directory.CreateDirectory(_temp[DetachedSandboxes.FileName]);
        var detached = Detached();

        detached.Remember(_temp.Path, SandboxId.Parse("c1"));

        Assert.Equal([true], Known(detached, "c1"));
        Assert.Contains(_log.Lines, line => line.Contains(_temp[DetachedSandboxes.FileName], StringComparison.Ordinal));
    }

    private DetachedSandboxes Detached() => new(_log);

    private bool[] Known(DetachedSandboxes detached, params string[] sandboxes) =>
        [.. sandboxes.Select(id => detached.Has(_temp.Path, SandboxId.Parse(id)))];
}
