using System.Collections.Concurrent;
using System.Text;
using Multus.Actors.Tests.Fakes;
using Multus.Actors.Tests.Sandboxes;
using Multus.Cni;
using Multus.Cni.Runtime;
using Multus.Engine.Requests;

namespace Multus.Actors.Tests.EdgeCases;

/// <summary>
/// A crash of the node may leave any beginning of a record. Whatever is left of it, its DEL frees what the ADD has
/// used. That every single byte counts alike is shown where records are read (RecordProperties); here, where each place
/// costs a whole DEL, it is every eleventh, and all near the end.
/// </summary>
public class DamagedRecordTests : SandboxFixture
{
    private readonly ConcurrentQueue<string> _freed = [];

    public DamagedRecordTests()
    {
        foreach (
            var (type, address) in new[]
            {
                ("cluster", "10.0.0.1/24"),
                ("second", "10.0.0.2/24"),
                ("third", "10.0.0.3/24"),
            }
        )
        {
            Plugins.On(
                CniCommand.Add,
                type,
                _ =>
                    Task.FromResult<PluginOutput>(
                        new PluginOutput.Succeeded(
                            Encoding.UTF8.GetBytes($$"""{"cniVersion":"1.0.0","ips":[{"address":"{{address}}"}]}""")
                        )
                    )
            );
            Plugins.On(
                CniCommand.Del,
                type,
                call =>
                {
                    _freed.Enqueue(
                        $"{type} {CniJson.Parse(call.Stdin).GetProperty("prevResult").GetProperty("ips")[0].GetProperty("address").GetString()}"
                    );
                    return Task.FromResult(FakePlugins.Success(call));
                }
            );
        }
    }

    [Fact]
    public async Task A_record_that_was_cut_off_anywhere_does_not_keep_a_delete_from_freeing_every_address()
    {
        var sandboxes = Sandboxes();
        Assert.IsType<CniReply.Attached>(await Attach(sandboxes));
        var record = Path.Combine(CniDir, "c1");
        var whole = await File.ReadAllBytesAsync(record);
        var results = Directory.GetFiles(Path.Combine(CniDir, "results")).ToDictionary(path => path, File.ReadAllBytes);
        Assert.Equal(3, results.Count);

        for (var length = 0; length < whole.Length; length += length < whole.Length - 40 ? 11 : 1)
        {
            _freed.Clear();
            await File.WriteAllBytesAsync(record, whole[..length]);
            foreach (var (path, content) in results)
                await File.WriteAllBytesAsync(path, content);

            Assert.IsType<CniReply.Done>(await Detach(sandboxes));

            Assert.Equal(
                ["cluster 10.0.0.1/24", "second 10.0.0.2/24", "third 10.0.0.3/24"],
                _freed.Order(StringComparer.Ordinal)
            );
            Assert.Empty(Kept);
        }
    }
}
