using Multus.Engine.Installation;

namespace Multus.Host.Tests;

public class CommandLineTests
{
    [Fact]
    public void Without_arguments_the_usual_file_is_read() =>
        Assert.Equal(new CommandLine.Run(CommandLine.DefaultConfigurationFile, null), CommandLine.Parse([]));

    [Theory]
    [InlineData("-config", "/a", "-hocon", "/b")]
    [InlineData("--config", "/a", "--hocon", "/b")]
    [InlineData("-config=/a", "--hocon=/b")]
    public void Flags_take_one_dash_or_two_and_their_value_either_way(params string[] args) =>
        Assert.Equal(new CommandLine.Run("/a", "/b"), CommandLine.Parse(args));

    [Fact]
    public void The_version_can_be_asked_for() => Assert.IsType<CommandLine.Version>(CommandLine.Parse(["-version"]));

    [Theory]
    [InlineData("-h")]
    [InlineData("--help")]
    [InlineData("-config", "/a", "-help")]
    [InlineData("pending", "list", "--help")]
    public void Help_can_be_asked_for_anywhere(params string[] args) =>
        Assert.IsType<CommandLine.Help>(CommandLine.Parse(args));

    [Fact]
    public void The_self_test_can_be_asked_for() =>
        Assert.IsType<CommandLine.SelfTest>(CommandLine.Parse(["-selftest"]));

    [Theory]
    [InlineData("unknown argument -x", "-x")]
    [InlineData("unknown argument config", "config")]
    [InlineData("-config needs a file", "-config")]
    public void Anything_else_is_refused_by_name(string reason, params string[] args) =>
        Assert.Equal(new CommandLine.Wrong(reason), CommandLine.Parse(args));

    [Theory]
    [InlineData("install: --output must be one of text, json; found yaml", "install", "--output", "yaml")]
    [InlineData("install: --t must be one of thick, thin; found fat", "install", "-t", "fat")]
    [InlineData("install: unknown argument now", "install", "now")]
    [InlineData("install: --bin-dir needs a value", "install", "--bin-dir")]
    [InlineData("uninstall: --wait must be a whole number of seconds; found soon", "uninstall", "--wait=soon")]
    [InlineData("kubeconfig-generator: unknown argument --nodes", "kubeconfig-generator", "--nodes", "3")]
    [InlineData("cert-approver: --kubeconfig needs a value", "cert-approver", "--kubeconfig")]
    [InlineData("ready: -config needs a file", "ready", "-config")]
    [InlineData("pending: unknown argument -all", "pending", "drop", "-all")]
    public void A_command_with_what_it_does_not_know_is_refused_by_name(string reason, params string[] args) =>
        Assert.Equal(new CommandLine.Wrong(reason), CommandLine.Parse(args));

    [Fact]
    public void The_generator_takes_all_of_upstreams_flags_under_both_names()
    {
        string[] flags = ["-certdir", "/c", "--bootstrap-config=/b", "--kubeconfig", "/k", "--cert-duration", "1h"];

        foreach (
            var parsed in new[]
            {
                CommandLine.Parse(["kubeconfig-generator", .. flags]),
                CommandLine.Parse(flags, "kubeconfig_generator"),
            }
        )
        {
            var given = Assert.IsType<CommandLine.KubeconfigGenerator>(parsed).Flags;
            Assert.Equal(
                ["/c", "/b", "/k", "1h"],
                ((string[])["certdir", "bootstrap-config", "kubeconfig", "cert-duration"]).Select(name =>
                    given.Text("", name)
                )
            );
        }

        Assert.IsType<CommandLine.Help>(CommandLine.Parse(["-h"], "kubeconfig_generator"));
        Assert.IsType<CommandLine.CertApprover>(CommandLine.Parse(["cert-approver"]));
    }

    [Fact]
    public void Probes_ask_their_own_path()
    {
        Assert.Equal(new CommandLine.Probe("/a", "/readyz"), CommandLine.Parse(["ready", "-config", "/a"]));
        Assert.Equal(
            new CommandLine.Probe(CommandLine.DefaultConfigurationFile, "/healthz"),
            CommandLine.Parse(["health"])
        );
    }

    [Theory]
    [InlineData("-t", "thick", "-d", "/host/opt/cni/bin")]
    [InlineData("--type", "thin")]
    public void By_upstreams_name_it_is_install_with_upstreams_flags(params string[] args) =>
        Assert.True(Assert.IsType<CommandLine.Install>(CommandLine.Parse(args, "install_multus")).IsUpstreams);

    [Theory]
    [InlineData("--type is needed")]
    [InlineData("--type must be one of thick, thin; found other", "--type=other")]
    [InlineData("unknown argument --thick", "--thick")]
    public void What_upstreams_installer_does_not_take_is_said(string problem, params string[] args) =>
        Assert.Equal(
            $"install_multus: {problem}",
            Assert.IsType<CommandLine.Wrong>(CommandLine.Parse(args, "install_multus")).Reason
        );

    [Theory]
    [InlineData(true, false, "--force")]
    [InlineData(true, false, "--force=false", "--force=true")]
    [InlineData(false, true, "--force", "--force=false")]
    [InlineData(false, false)]
    public void Of_a_switch_that_is_given_twice_the_last_counts(bool isOn, bool isOff, params string[] args)
    {
        var flags = Flags.Parse(args, [], ["force"]);

        Assert.Equal((isOn, isOff, ""), (flags.Has("force"), flags.IsOff("force"), flags.Problem));
    }
}
