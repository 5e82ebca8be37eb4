using System.Text;
using Multus.Host.Configuration;

namespace Multus.Host.Tests.Configuration;

public class DaemonConfigurationTests
{
    [Fact]
    public void Keys_that_are_not_given_have_upstream_s_defaults()
    {
        var daemon = Parse("""{"manifestDir":"/m"}""");

        Assert.Equal("/run/multus/", daemon.SocketDir);
        Assert.Equal("/var/lib/cni/multus", daemon.CniDir);
        Assert.True(daemon.LogToStderr);
        Assert.Equal(new LogRotation(5, 100, 5), daemon.LogRotation);
    }

    [Fact]
    public void Keys_match_whatever_their_case()
    {
        var daemon = Parse("""{"MANIFESTDIR":"/m","socketdir":"/s","LogLevel":"INFO","LogFile":"/var/log/multus.log","logoptions":{"MaxSize":7}}""");

        Assert.Equal("/s", daemon.SocketDir);
        Assert.Equal(("info", "/var/log/multus.log"), (daemon.LogLevel, daemon.LogFile));
        Assert.Equal(7, daemon.LogRotation.MaxSizeMegabytes);
    }

    [Fact]
    public void Vanished_sandboxes_are_looked_for_unless_a_key_says_no_and_detached_after_ten_minutes_unless_a_key_says_otherwise()
    {
        var byDefault = Parse("""{"manifestDir":"/m"}""");
        var said = Parse("""{"manifestDir":"/m","staleSandboxes":false,"staleSandboxGraceSeconds":2,"containerRuntimeSocket":"/run/x.sock"}""");

        Assert.Equal((true, TimeSpan.FromMinutes(10), ""), (byDefault.StaleSandboxes, byDefault.StaleSandboxGrace, byDefault.ContainerRuntimeSocket));
        Assert.Equal((false, TimeSpan.FromSeconds(2), "/run/x.sock"), (said.StaleSandboxes, said.StaleSandboxGrace, said.ContainerRuntimeSocket));
    }

    [Fact]
    public void Keys_that_belong_to_the_requests_are_no_error() =>
        Parse("""{"manifestDir":"/m","clusterNetwork":"/x","namespaceIsolation":true,"cniVersion":"0.3.1"}""");

    [Fact]
    public void Every_bad_key_is_reported_at_once()
    {
        var errors = new List<string>();
        DaemonConfiguration.Parse("""{"socketDir":7,"cniDir":"relative","kubeletDir":"relative","logLevel":"loud","apiServer":"http://10.0.0.1","logOptions":{"maxAge":-1}}"""u8.ToArray(), errors);

        Assert.Equal(
            [
                "socketDir must be a string; found 7",
                "logOptions.maxAge must be a whole number from 0; found -1",
                "logLevel must be one of debug, verbose, info, error, panic; found \"loud\"",
                "apiServer must be an address like https://10.0.0.1:6443; found \"http://10.0.0.1\"",
                "kubeletDir must be an absolute path; found \"relative\"",
                "cniDir must be an absolute path; found \"relative\"",
            ],
            errors);
    }

    [Theory]
    [InlineData("[]", "must be a JSON object")]
    [InlineData("{", "is not JSON")]
    public void What_is_no_json_object_is_refused(string text, string reason)
    {
        var errors = new List<string>();

        Assert.Null(DaemonConfiguration.Parse(Encoding.UTF8.GetBytes(text), errors));
        Assert.Contains(reason, Assert.Single(errors));
    }

    private static DaemonConfiguration Parse(string json)
    {
        var errors = new List<string>();
        var daemon = DaemonConfiguration.Parse(Encoding.UTF8.GetBytes(json), errors);
        Assert.Empty(errors);
        return daemon!;
    }
}
