using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Multus.Core.Configuration;
using Multus.Engine.Requests;
using Multus.Engine.State;
using Multus.TestSupport;
using Multus.Wire;

namespace Multus.Engine.Tests.State;

/// <summary>The lock of a sandbox.</summary>
public sealed class SandboxLocksTests : IDisposable
{
    private const int Rounds = 100;
    private const int AtOnce = 8;

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    /// <summary>The thin plugin on a node that is new to it: the first pods come at once.</summary>
    [Fact]
    public async Task All_who_come_first_find_the_folder_whoever_makes_it()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var folder = _temp[$"cni-{round}"];
            using var start = new Barrier(AtOnce);
            var takers = Enumerable
                .Range(0, AtOnce)
                .Select(number =>
                    Task.Factory.StartNew(
                        () =>
                        {
                            start.SignalAndWait();
                            using var held = SandboxLocks.TryTake(RequestOf($"c{number}", folder));
                            return held is not null;
                        },
                        TaskCreationOptions.LongRunning
                    )
                );

            Assert.All(await Task.WhenAll(takers), Assert.True);
        }
    }

    private static SandboxRequest RequestOf(string sandbox, string cniDir)
    {
        var node = ConfigurationOverlay.Parse(Encoding.UTF8.GetBytes($$"""{"cniDir":"{{cniDir}}"}"""));
        var mapping = new RequestMapping(node, "", NullLogger.Instance);
        var body = new CniRequestBody(
            [new("CNI_COMMAND", "DEL"), new("CNI_CONTAINERID", sandbox), new("CNI_IFNAME", "eth0")],
            """{"cniVersion":"1.0.0","name":"n","type":"multus"}"""u8.ToArray()
        );
        return mapping.MapDelete(body);
    }
}
