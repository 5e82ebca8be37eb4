using System.Text;
using Multus.Configuration;
using Multus.TestSupport;

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
        var daemon = Parse(
            """
            {"MANIFESTDIR":"/m","socketdir":"/s","LogLevel":"INFO","LogFile":"/var/log/multus.log",
             "logoptions":{"MaxSize":7}}
            """
        );

        Assert.Equal("/s", daemon.SocketDir);
        Assert.Equal(("info", "/var/log/multus.log"), (daemon.LogLevel, daemon.LogFile));
        Assert.Equal(7, daemon.LogRotation.MaxSizeMegabytes);
    }

    [Fact]
    public void Vanished_sandboxes_are_looked_for_and_detached_after_ten_minutes_unless_keys_say_otherwise()
    {
        var byDefault = Parse("""{"manifestDir":"/m"}""");
        var said = Parse(
            """
            {"manifestDir":"/m","staleSandboxes":false,"staleSandboxGraceSeconds":2,
             "containerRuntimeSocket":"/run/x.sock"}
            """
        );

        Assert.Equal(
            (true, TimeSpan.FromMinutes(10), ""),
            (byDefault.StaleSandboxes, byDefault.StaleSandboxGrace, byDefault.ContainerRuntimeSocket)
        );
        Assert.Equal(
            (false, TimeSpan.FromSeconds(2), "/run/x.sock"),
            (said.StaleSandboxes, said.StaleSandboxGrace, said.ContainerRuntimeSocket)
        );
    }

    [Fact]
    public void Keys_that_belong_to_the_requests_are_no_error() =>
        Parse("""{"manifestDir":"/m","clusterNetwork":"/x","namespaceIsolation":true,"cniVersion":"0.3.1"}""");

    [Fact]
    public void Every_bad_key_is_reported_at_once()
    {
        var errors = new List<string>();
        DaemonConfiguration.Parse(
            """
            {"socketDir":7,"cniDir":"relative","kubeletDir":"relative","logLevel":"loud",
             "apiServer":"http://10.0.0.1","logOptions":{"maxAge":-1}}
            """u8.ToArray(),
            errors
        );

        Assert.Equal(
            [
                "socketDir must be a string; found 7",
                "logOptions.maxAge must be a whole number from 0; found -1",
                "logLevel must be one of debug, verbose, info, error, panic; found \"loud\"",
                "apiServer must be an address like https://10.0.0.1:6443; found \"http://10.0.0.1\"",
                "kubeletDir must be an absolute path; found \"relative\"",
                "cniDir must be an absolute path; found \"relative\"",
            ],
            errors
        );
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

    [Fact]
    public void What_install_has_taken_over_and_cannot_be_read_is_an_error_and_not_forgotten()
    {
        using var temp = new TempFolder();
        temp.File(".inherited.json", "{\"namespaceIsolation\":tr");
        var errors = new List<string>();

        DaemonConfiguration.Parse(
            Encoding.UTF8.GetBytes($$"""{"manifestDir":"/m","cniDir":"{{temp.Path}}","multusConfigFile":"auto"}"""),
            errors
        );

        Assert.Contains(temp[".inherited.json"], Assert.Single(errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"manifestDir":"/m","multusAutoconfigDir":"/host/etc/cni/net.d"}""", true, "")]
    [InlineData(
        """{"manifestDir":"/m","multusConfigFile":"/config/05-multus.conf"}""",
        false,
        "/config/05-multus.conf"
    )]
    [InlineData(
        """{"manifestDir":"/m","runtimeConfigFile":"/config/00-multus.conf"}""",
        false,
        "/config/00-multus.conf"
    )]
    public void The_runtimes_configuration_is_generated_or_given(string json, bool isGenerated, string given)
    {
        var settings = Parse(json).RuntimeConfig!;

        Assert.Equal((isGenerated, given), (settings.Template is not null, settings.FixedFile));
        Assert.Equal(given.Length > 0 ? Path.GetFileName(given) : "00-multus.conf", settings.FileName);
    }

    [Theory]
    [InlineData("\"multusConfigFile\":\"relative\"", "must be auto or the absolute path of a file")]
    [InlineData("\"multusConfigFile\":\"auto\",\"runtimeConfigFile\":\"/x\"", "cannot be beside multusConfigFile")]
    [InlineData("\"multusConfigFile\":\"auto\",\"multusMasterCNI\":\"a/b\"", "must be the name of a file")]
    [InlineData("\"multusConfigFile\":\"auto\",\"cniVersion\":\"2.0.0\"", "up to 1.1.0")]
    public void Keys_of_the_generator_that_cannot_be_are_errors(string keys, string reason)
    {
        var errors = new List<string>();

        DaemonConfiguration.Parse(Encoding.UTF8.GetBytes($"{{\"manifestDir\":\"/m\",{keys}}}"), errors);

        Assert.Contains(reason, Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Values_for_which_every_request_would_be_refused_are_found_all_together()
    {
        var errors = new List<string>();
        DaemonConfiguration.Parse(
            """
            {"namespaceIsolation":"true","logToStderr":"true","systemNamespaces":"kube-system","attachMode":"both",
             "cniDir":5,"delegates":[{"type":"bridge"},7],"clusterNetwork":["/x"],"defaultNetworks":[""],
             "cniVersion":"one","deviceInfoDir":"relative","globalNamespaces":["a"],"runtimeConfig":true}
            """u8.ToArray(),
            errors
        );

        Assert.Equal(12, errors.Count);
        Assert.Single(
            errors,
            error =>
                error.Contains(
                    "'namespaceIsolation' is a string (\"true\"), must be true or false",
                    StringComparison.Ordinal
                )
        );
        Assert.Single(errors, error => error.Contains("logToStderr must be true or false", StringComparison.Ordinal));
        Assert.Single(
            errors,
            error =>
                error.Contains("attachMode must be auto, parallel or sequential; found both", StringComparison.Ordinal)
        );
        Assert.Single(errors, error => error.Contains("cniDir must be a string; found 5", StringComparison.Ordinal));
        foreach (
            var key in new[]
            {
                "'systemNamespaces'",
                "'delegates[1]'",
                "'clusterNetwork'",
                "'defaultNetworks[0]'",
                "invalid CNI version",
                "'deviceInfoDir'",
                "'globalNamespaces'",
                "'runtimeConfig'",
            }
        )
            Assert.Single(errors, error => error.Contains(key, StringComparison.Ordinal));
    }

    [Fact]
    public void Networks_of_two_dialects_in_one_file_are_refused_at_start()
    {
        var errors = new List<string>();
        DaemonConfiguration.Parse(
            """{"manifestDir":"/m","clusterNetwork":"/x","defaultDelegates":"a"}"""u8.ToArray(),
            errors
        );

        Assert.Contains(
            "'clusterNetwork' does not go with 'defaultDelegates'",
            Assert.Single(errors),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Unknown_keys_are_named_with_what_may_have_been_meant()
    {
        var daemon = Parse(
            """
            {"manifestDir":"/m","defaultNetwork":"","logFile:":"/x","namespaceIsolaton":true,"quite-else\nx":1,
             "logOptions":{"maxage":1,"maxsizes":2}}
            """
        );

        Assert.Equal(
            string.Join(
                '\n',
                "there is no key defaultNetwork, it has no effect; did you mean defaultNetworks?",
                "there is no key \"logFile:\", it has no effect; did you mean logFile?",
                "there is no key namespaceIsolaton, it has no effect; did you mean namespaceIsolation?",
                "there is no key \"quite-else\\nx\", it has no effect",
                "there is no key logOptions.maxsizes, it has no effect; did you mean maxSize?"
            ),
            string.Join('\n', daemon.WithoutEffect)
        );
    }

    [Fact]
    public void Keys_of_upstream_that_do_nothing_here_are_named()
    {
        var daemon = Parse(
            """
            {"manifestDir":"/m","CONNECTIONLIMIT":9,"enablePprof":true,
             "logOptions":{"compress":true}}
            """
        );

        Assert.Equal(
            ["CONNECTIONLIMIT", "enablePprof", "logOptions.compress"],
            daemon.WithoutEffect.Select(line => line.Split(' ')[0])
        );
        Assert.All(
            daemon.WithoutEffect,
            line => Assert.Contains(" has no effect here: ", line, StringComparison.Ordinal)
        );
    }

    // Or an operator could set what nothing reads, and hear nothing of it.
    [Fact]
    public void The_reference_has_the_keys_that_are_read_and_no_others()
    {
        var rows = File.ReadLines(System.IO.Path.Combine(AppContext.BaseDirectory, "configuration.md"))
            .SkipWhile(line => line != "## The file of the daemon")
            .SkipWhile(line => !line.StartsWith("|---", StringComparison.Ordinal))
            .Skip(1)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('`')[1]);

        Assert.Equal(ConfigurationKeys.Counting.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_byte_order_mark_is_passed_over()
    {
        var daemon = Parse("\uFEFF{\"manifestDir\":\"/m\"}");

        Assert.Equal("/m", daemon.ManifestDir);
        Assert.Equal("""{"manifestDir":"/m"}""", Encoding.UTF8.GetString(daemon.Json.Span));
    }

    [Fact]
    public void What_is_no_json_is_shown_with_line_column_and_an_excerpt()
    {
        var errors = new List<string>();
        DaemonConfiguration.Parse("{\n  \"manifestDir\": \"/m\"\n  \"cniDir\": \"/c\"\n}"u8.ToArray(), errors);

        Assert.StartsWith(
            "the configuration is not JSON: line 3, column 3, at `»\"cniDir\": \"/c\"`: ",
            Assert.Single(errors),
            StringComparison.Ordinal
        );
    }

    private static DaemonConfiguration Parse(string json)
    {
        var errors = new List<string>();
        var daemon = DaemonConfiguration.Parse(Encoding.UTF8.GetBytes(json), errors);
        Assert.Empty(errors);
        return daemon!;
    }
}
