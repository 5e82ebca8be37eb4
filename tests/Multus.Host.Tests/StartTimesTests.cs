using System.Globalization;
using Multus.Kubernetes.Certificates;
using Multus.TestSupport.Daemons;

namespace Multus.Host.Tests;

/// <summary>What the daemon may take at its start.</summary>
public sealed class StartTimesTests
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(20); // the process begins, and says what it has to

    [Theory]
    [InlineData("multus.yaml")]
    [InlineData("chart/templates/daemonset.yaml")]
    public void Kubelet_lets_the_daemon_say_that_its_certificate_is_not_signed_before_it_is_killed(string file)
    {
        var probe = File.ReadLines(Path.Combine(Binaries.Tree, "deploy", file))
            .SkipWhile(line => !line.Contains("startupProbe:", StringComparison.Ordinal))
            .ToList();
        var killed = TimeSpan.FromSeconds(NumberOf(probe, "periodSeconds") * NumberOf(probe, "failureThreshold"));

        Assert.True(
            killed >= new NodeCertificateSettings("", "", "", default).StartPatience + Margin,
            $"it is killed after {killed}"
        );
    }

    private static int NumberOf(List<string> probe, string key) =>
        int.Parse(
            probe.First(line => line.Contains($"{key}: ", StringComparison.Ordinal)).Split(':', '#')[1],
            CultureInfo.InvariantCulture
        );
}
