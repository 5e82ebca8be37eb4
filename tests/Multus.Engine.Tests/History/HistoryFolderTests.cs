using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Multus.Engine.History;
using Multus.TestSupport;

namespace Multus.Engine.Tests.History;

public sealed class HistoryFolderTests : IDisposable
{
    private static readonly HistoryLimits Small = new(Sandboxes: 5, Bytes: 2000, MostBytes: 6000);

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Entries_come_back_in_their_order_and_by_what_they_hold()
    {
        var folder = new HistoryFolder(_temp.Path, Small);
        foreach (var sandbox in (string[])["a1", "b2", "a1"])
            folder.Append(Line(sandbox));

        Assert.Equal(["a1", "b2", "a1"], folder.Read().Select(entry => entry.Sandbox));
        Assert.Equal(["b2"], folder.Read("\"b2\"").Select(entry => entry.Sandbox));
        Assert.Empty(new HistoryFolder(_temp["elsewhere"], Small).Read());
    }

    [Fact]
    public void The_last_sandboxes_are_kept_and_the_folder_does_not_grow()
    {
        var folder = new HistoryFolder(_temp.Path, Small);
        for (var i = 0; i < 300; i++)
            folder.Append(Line($"sandbox-{i}"));

        var kept = folder.Read().Select(entry => entry.Sandbox).ToList();

        Assert.Equal(Enumerable.Range(300 - kept.Count, kept.Count).Select(i => $"sandbox-{i}"), kept);
        Assert.True(kept.Count >= Small.Sandboxes, $"{kept.Count} are kept");
        Assert.True(SizeOf(folder) <= 2 * Small.MostBytes, $"{SizeOf(folder)} bytes");
    }

    [Fact]
    public void One_sandbox_that_fails_again_and_again_does_not_fill_the_disk()
    {
        var folder = new HistoryFolder(_temp.Path, Small);
        for (var i = 0; i < 300; i++)
            folder.Append(Line("same"));

        Assert.True(SizeOf(folder) <= 2 * (Small.MostBytes + 1000), $"{SizeOf(folder)} bytes");
    }

    [Fact]
    public void A_torn_line_costs_no_other()
    {
        var folder = new HistoryFolder(_temp.Path, Small);
        folder.Append(Line("a1"));
        folder.Append("{\"request\":\"r\n"u8);
        folder.Append(Line("b2"));

        Assert.Equal(["a1", "b2"], folder.Read().Select(entry => entry.Sandbox));
    }

    [Fact]
    public async Task Several_writers_lose_nothing_but_what_is_too_old()
    {
        var limits = Small with { Bytes = 150_000, MostBytes = 400_000, Sandboxes = 100 };
        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(writer =>
                    Task.Run(() =>
                    {
                        var folder = new HistoryFolder(_temp.Path, limits);
                        for (var i = 0; i < 100; i++)
                            folder.Append(Line($"w{writer}-{i}"));
                    })
                )
        );

        var kept = new HistoryFolder(_temp.Path, limits).Read().Select(entry => entry.Sandbox).ToList();

        Assert.Equal(kept.Count, kept.Distinct().Count());
        for (var writer = 0; writer < 4; writer++)
            Assert.Contains($"w{writer}-99", kept);
    }

    [Fact]
    public async Task The_writer_writes_what_it_took_before_it_ends_and_counts_what_the_disk_refuses()
    {
        var folder = new HistoryFolder(_temp.Path, Small);
        await using (var writer = new HistoryWriter(folder, NullLogger.Instance))
        {
            for (var i = 0; i < 3; i++)
                writer.Take(() => Entry("c1"));
        }

        Assert.Equal(3, folder.Read().Count());

        var inTheWay = _temp.File("file", "");
        var refused = new HistoryWriter(new HistoryFolder(inTheWay, Small), NullLogger.Instance);
        refused.Take(() => Entry("c1"));
        await refused.DisposeAsync();
        Assert.Equal(1, refused.Dropped);
    }

    [Fact]
    public async Task An_entry_that_cannot_be_made_costs_no_other_and_is_counted()
    {
        var folder = new HistoryFolder(_temp.Path, Small);
        var writer = new HistoryWriter(folder, NullLogger.Instance);
        writer.Take(() => throw new InvalidOperationException("a bug"));
        writer.Take(() => Entry("c1"));
        await writer.DisposeAsync();

        Assert.Equal("c1", Assert.Single(folder.Read()).Sandbox);
        Assert.Equal(1, writer.Dropped);
    }

    private static long SizeOf(HistoryFolder folder) =>
        Directory.EnumerateFiles(folder.Path).Sum(file => new FileInfo(file).Length);

    private static OperationEntry Entry(string sandbox) =>
        new("r1", "ADD", sandbox, DateTimeOffset.UnixEpoch, 1) { PodName = new string('p', 63) };

    private static byte[] Line(string sandbox) => EntryCodec.ToLine(Entry(sandbox));
}
