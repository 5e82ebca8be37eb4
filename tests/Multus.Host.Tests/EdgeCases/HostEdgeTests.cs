using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Multus.Cni;
using Multus.Configuration;
using Multus.Core.Configuration;
using Multus.Engine.Requests;
using Multus.Host.Logging;
using Multus.TestSupport;
using Multus.Wire;

namespace Multus.Host.Tests.EdgeCases;

/// <summary>Rows of edge-cases.md that the daemon's own configuration and the reading of requests decide.</summary>
public sealed class HostEdgeTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Edge_003_logLevel_and_logFile_are_kept_and_the_log_obeys_them()
    {
        var file = _temp["multus.log"];
        var daemon = Configuration(
            $$"""{"manifestDir":"/m","logToStderr":false,"logLevel":"debug","logFile":"{{file}}"}"""
        );
        Assert.Equal(("debug", file), (daemon.LogLevel, daemon.LogFile));

        using (var log = LogPipeline.Create(daemon, TimeProvider.System))
        {
#pragma warning disable CA1848, CA2254 // the one line of a test
            log.Factory.CreateLogger("test").LogDebug("a line for those who look closely");
#pragma warning restore CA1848, CA2254
        }

        Assert.Contains("[DBG] a line for those who look closely", File.ReadAllText(file), StringComparison.Ordinal);
    }

    // Old files are never compressed here: the row's fourth member, compress, is passed over.
    [Fact]
    public void Edge_004_logOptions_are_taken_as_given() =>
        Assert.Equal(
            new LogRotation(MaxAgeDays: 6, MaxSizeMegabytes: 101, MaxBackups: 7),
            Configuration(
                """{"manifestDir":"/m","logOptions":{"maxAge":6,"maxSize":101,"maxBackups":7,"compress":true}}"""
            ).LogRotation
        );

    [Theory]
    [InlineData("ADD")]
    [InlineData("DEL")]
    public void Edge_118_a_configuration_that_was_cut_off_is_an_error_of_ADD_and_of_DEL(string verb)
    {
        var mapping = new RequestMapping(
            ConfigurationOverlay.Parse("""{"manifestDir":"/m"}"""u8.ToArray()),
            "",
            NullLogger.Instance
        );
        KeyValuePair<string, string>[] variables =
        [
            new("CNI_COMMAND", verb),
            new("CNI_CONTAINERID", "c1"),
            new("CNI_NETNS", "/run/netns/n1"),
            new("CNI_IFNAME", "eth0"),
            new("CNI_ARGS", "IgnoreUnknown=1"),
        ];
        const string config =
            """{"cniVersion":"0.4.0","name":"node-cni-network","type":"multus","delegates":[{"type":"weave-net"}]""";

        var body = new CniRequestBody([.. variables], Encoding.UTF8.GetBytes(config));

        var refused = Assert.Throws<CniException>(() => mapping.Map(body, CancellationToken.None));

        Assert.Equal(CniErrorCode.Decode, refused.Error.Code);
    }

    private static DaemonConfiguration Configuration(string json)
    {
        var errors = new List<string>();
        var daemon = DaemonConfiguration.Parse(Encoding.UTF8.GetBytes(json), errors);
        Assert.Empty(errors);
        return daemon!;
    }
}
