using System.Text.Json;
using Multus.TestSupport;

namespace Multus.Ctl.Tests.Checks;

/// <summary>All faults at once, each with its place and what was probably meant.</summary>
public sealed class CheckConfigTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task What_is_well_ends_with_0_and_says_what_was_looked_at()
    {
        Network(
            "good",
            """{"cniVersion": "1.0.0", "type": "bridge", "ipam": {"type": "host-local", "subnet": "10.1.0.0/24"}}"""
        );

        var ran = await CheckAsync(Daemon("{}"));

        Assert.Equal((ExitCode.Success, ""), (ran.Status, ran.Errors));
        Assert.Contains("0 faults, 0 remarks in 3 sources and 1 network", ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Faults_of_all_files_come_at_once_and_in_each_with_line_and_column()
    {
        var daemon = Daemon("{\n  \"socketDirr\": \"/run/multus\",\n  \"logLevel\": \"loud\",\n  \"statusDir\": 7\n}");
        var hocon = _temp.File("akka.hocon", "multus {\n  delegates.slotz = 7\n}\n");
        Network("typo", """{"cniVersion": "1.0.0", "type": "brigde"}""");

        var faults = await FaultsAsync(daemon, "--hocon", hocon);

        Assert.Equal(
            [
                (daemon, 2, 3, "socketDirr", "did you mean socketDir?"),
                (daemon, 3, 3, "logLevel", ""),
                (daemon, 4, 3, "statusDir", ""),
                (hocon, 2, 3, "multus.delegates.slotz", "did you mean multus.delegates.slots?"),
                (_temp["nads", "typo.yaml"], 6, 44, "type", "did you mean bridge?"),
            ],
            faults.Select(fault => (fault.File, fault.Line, fault.Column, fault.Key, fault.Hint))
        );
    }

    [Theory]
    [InlineData("config: '{\"type\": \"macvlan\", \"mastr\": \"eth1\"}'", 6, 32)]
    [InlineData("config: \"{\\\"type\\\": \\\"macvlan\\\", \\\"mastr\\\": \\\"eth1\\\"}\"", 6, 36)]
    [InlineData("config: |\n    {\n      \"type\": \"macvlan\",\n      \"mastr\": \"eth1\"\n    }", 9, 7)]
    [InlineData("config: >-\n    {\"type\": \"macvlan\",\n    \"mastr\": \"eth1\"}", 8, 5)]
    public async Task A_key_inside_a_network_is_found_where_it_stands_in_the_manifest(
        string config,
        int line,
        int column
    )
    {
        Manifest("blue", config);

        var fault = Assert.Single(await FaultsAsync(Daemon("{}")));

        Assert.Equal(
            ("mastr", line, column, "plugin macvlan has no key mastr", "did you mean master?", "default/blue"),
            (fault.Key, fault.Line, fault.Column, fault.Message, fault.Hint, fault.Network)
        );
    }

    [Fact]
    public async Task A_place_is_given_in_manifests_that_are_JSON_as_well()
    {
        _temp.File(
            Path.Combine("nads", "blue.json"),
            """
            {"apiVersion": "k8s.cni.cncf.io/v1", "kind": "NetworkAttachmentDefinition",
             "metadata": {"name": "blue"},
             "spec": {"config": "{\"type\": \"macvlan\", \"mastr\": \"eth1\"}"}}
            """
        );

        var fault = Assert.Single(await FaultsAsync(Daemon("{}")));

        Assert.Equal((3, 46), (fault.Line, fault.Column));
    }

    [Fact]
    public async Task A_configuration_that_is_no_JSON_says_where_it_stops_being_any()
    {
        Manifest("blue", "config: |\n    {\n      \"type\": \"macvlan\"\n      \"master\": \"eth1\"\n    }");

        var fault = Assert.Single(await FaultsAsync(Daemon("{}")));

        Assert.Equal((9, 7), (fault.Line, fault.Column));
        Assert.StartsWith("is not JSON: at `", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        """{"subnet": "10.1.0.7/24"}""",
        "subnet",
        "10.1.0.7/24 has bits behind its prefix",
        "10.1.0.0/24 is the subnet"
    )]
    [InlineData(
        """{"subnet": "10.1.0/24"}""",
        "subnet",
        "\"10.1.0/24\" is no subnet",
        "10.1.0.0/24 and fd00:1::/64 are subnets"
    )]
    [InlineData(
        """{"subnet": "10.1.0.0/24", "rangeStart": "10.2.0.1"}""",
        "rangeStart",
        "10.2.0.1 is not in the subnet",
        "its addresses go from 10.1.0.0 to 10.1.0.255"
    )]
    [InlineData(
        """{"subnet": "10.1.0.0/24", "rangeStart": "10.1.0.9", "rangeEnd": "10.1.0.5"}""",
        "rangeEnd",
        "10.1.0.5 comes before rangeStart 10.1.0.9",
        "exchange them"
    )]
    [InlineData(
        """{"ranges": [[{"subnet": "10.1.0.0/24"}], [{"subnet": "10.1.0.128/25"}]]}""",
        "ranges[1][0].subnet",
        "10.1.0.129-10.1.0.254 and 10.1.0.1-10.1.0.254 overlap",
        "give each range addresses of its own"
    )]
    [InlineData(
        """{"ranges": [{"subnet": "10.1.0.0/24"}]}""",
        "ranges[0]",
        "must be a list of ranges",
        """put brackets around it: [[{"subnet": …}]]"""
    )]
    public async Task Ranges_of_which_a_pod_would_learn_at_its_ADD_are_found_before(
        string ranges,
        string key,
        string message,
        string hint
    )
    {
        Network("blue", $$"""{"type": "bridge", "ipam": {"type": "host-local", {{ranges[1..]}} }""");

        var fault = Assert.Single(await FaultsAsync(Daemon("{}")));

        Assert.Equal(($"ipam.{key}", message, hint), (fault.Key, fault.Message, fault.Hint));
        Assert.True(fault.Column > 0);
    }

    [Theory]
    [InlineData("""{"cniVersion": "9.0.0", "type": "bridge"}""", "cniVersion", "nobody speaks version 9.0.0")]
    [InlineData("""{"Plugins": [{"type": "bridge"}]}""", "Plugins", "there is no key Plugins in a list of plugins")]
    [InlineData("""{"typ": "bridge"}""", "", "has neither 'type' nor 'plugins'")]
    [InlineData("""{"plugins": [{"typ": "bridge"}]}""", "plugins[0]", "has no 'type', the name of its plugin")]
    [InlineData("""{"type": "multus-shim"}""", "type", "would run Multus again, which never ends")]
    [InlineData("""{"type": "bridge", "type": "macvlan"}""", "type", "key type is there twice: the last one counts")]
    [InlineData(
        """{"type": "bridge", "capabilities": {"porMappings": true}}""",
        "capabilities.porMappings",
        "there is no capability porMappings"
    )]
    [InlineData(
        """{"type": "bridge", "ipam": {"type": "static", "routes": [{"dst": "default"}]}}""",
        "ipam.routes[0].dst",
        "\"default\" is no destination"
    )]
    [InlineData("""{"type": "bridge", "ipam": []}""", "ipam", "ipam must be an object")]
    [InlineData("""{"type": "bridge", "name": "a/b"}""", "", "invalid")]
    public async Task What_an_ADD_would_refuse_is_said_with_its_key(string config, string key, string message)
    {
        Network("blue", config);

        var fault = Assert.Single(await FaultsAsync(Daemon("{}")));

        Assert.Equal(key, fault.Key);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_faults_of_one_network_come_together()
    {
        Network(
            "blue",
            """{"plugins": [{"type": "macvlna"}, {"type": "bridge", "isGatway": true, "ipam": {"type": "host-local", "subnett": "10.1.0.0/24"}}]}"""
        );

        Assert.Equal(
            ["did you mean macvlan?", "did you mean isGateway?", "did you mean subnet?"],
            (await FaultsAsync(Daemon("{}"))).Select(fault => fault.Hint)
        );
    }

    [Fact]
    public async Task Plugins_of_the_node_are_known_by_their_binaries()
    {
        var bin = _temp.Folder("bin");
        File.WriteAllText(Path.Combine(bin, "acme-fabric"), "");
        Network("known", """{"type": "acme-fabric"}""");
        Network("slip", """{"type": "acme-fabrc"}""");
        Network("unknown", """{"type": "something-else"}""");

        var faults = await FaultsAsync(Daemon($$"""{"binDir": "{{bin}}"}"""));

        Assert.Equal(
            [
                ("default/slip", "did you mean acme-fabric?"),
                ("default/unknown", "install its binary, or name another plugin"),
            ],
            faults.Select(fault => (fault.Network, fault.Hint))
        );
    }

    [Fact]
    public async Task A_network_without_a_configuration_needs_one_of_its_name_in_confDir()
    {
        var confDir = _temp.Folder("conf");
        Manifest("blue", "nothing: here");

        var fault = Assert.Single(await FaultsAsync(Daemon($$"""{"confDir": "{{confDir}}"}""")));

        Assert.Contains(
            $"no network configuration of the name \"blue\" in {confDir}",
            fault.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_kind_that_is_misspelt_is_no_network_and_is_said()
    {
        _temp.File(
            Path.Combine("nads", "blue.yaml"),
            "apiVersion: k8s.cni.cncf.io/v1\nkind: NetworkAttachmentDefinitoin\nmetadata: {name: blue}\n"
        );

        var fault = Assert.Single(await FaultsAsync(Daemon("{}")));

        Assert.Equal(("kind", "did you mean NetworkAttachmentDefinition?"), (fault.Key, fault.Hint));
    }

    [Fact]
    public async Task The_runtimes_folder_is_checked_for_who_comes_first_and_for_what_Multus_is_told()
    {
        var folder = _temp.Folder("net.d");
        _temp.File(
            Path.Combine("net.d", "00-multus.conf"),
            "{\n\"type\": \"multus-shim\", \"name\": \"m\",\n\"clusterNetwrk\": \"x\"}"
        );
        _temp.File(Path.Combine("net.d", "00-first.conflist"), """{"name": "a", "plugins": [{"type": "bridge"}]}""");
        _temp.File(Path.Combine("net.d", "99-broken.conf"), "{");

        var faults = await FaultsAsync(Daemon("{}"), "--conf-dir", folder);

        Assert.Equal(
            [
                (Path.Combine(folder, "00-first.conflist"), 0, "Multus' own is usually 00-multus.conf"),
                (Path.Combine(folder, "00-multus.conf"), 0, ""),
                (Path.Combine(folder, "00-multus.conf"), 3, "did you mean clusterNetwork?"),
                (Path.Combine(folder, "99-broken.conf"), 1, ""),
            ],
            faults.Select(fault => (fault.File, fault.Line, fault.Hint))
        );
        Assert.Contains("clusterNetwork", faults[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_of_upstream_without_effect_is_a_remark_and_no_fault()
    {
        var ran = await CheckAsync(Daemon("""{"enablePprof": true}"""));

        Assert.Equal(ExitCode.Success, ran.Status);
        Assert.Contains("enablePprof has no effect here", ran.Output, StringComparison.Ordinal);
        Assert.Contains("0 faults, 1 remark in", ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_API_server_that_is_away_leaves_the_rest_checked_and_ends_with_2()
    {
        var daemon = Daemon($$"""{"kubeconfig": "{{Kubeconfig("https://127.0.0.1:1")}}"}""");

        var ran = await Ctl.RunAsync("check-config", "--config", daemon, "--conf-dir", RuntimeFolder());

        Assert.Equal(ExitCode.NoAnswer, ran.Status);
        Assert.Contains(
            "not looked at: the networks of the API server https://127.0.0.1:1",
            ran.Output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Control_characters_and_markup_of_a_network_do_nothing_to_the_terminal()
    {
        Network("blue", """{"type": "[red]\u001b[2Jbrigde"}""");

        var ran = await CheckAsync(Daemon($$"""{"binDir": "{{_temp.Folder("bin")}}"}"""));

        Assert.Equal(ExitCode.Trouble, ran.Status);
        Assert.Contains("there is no plugin [red] [2Jbrigde", ran.Output, StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<Found>> FaultsAsync(string daemon, params string[] more)
    {
        var ran = await CheckAsync(daemon, [.. more, "-o", "json"]);
        Assert.Equal((ExitCode.Trouble, ""), (ran.Status, ran.Errors));
        using var json = JsonDocument.Parse(ran.Output);
        return
        [
            .. json
                .RootElement.GetProperty("faults")
                .EnumerateArray()
                .Select(fault => new Found(
                    fault.GetProperty("file").GetString()!,
                    fault.GetProperty("line").GetInt32(),
                    fault.GetProperty("column").GetInt32(),
                    fault.GetProperty("key").GetString()!,
                    fault.GetProperty("message").GetString()!,
                    fault.GetProperty("hint").GetString()!,
                    fault.GetProperty("network").GetString()!
                )),
        ];
    }

    private Task<Ctl.Ran> CheckAsync(string daemon, params string[] more)
    {
        string[] runtime = more.Contains("--conf-dir") ? [] : ["--conf-dir", RuntimeFolder()];
        return Ctl.RunAsync(["check-config", "--config", daemon, "--nads", _temp.Folder("nads"), .. runtime, .. more]);
    }

    private string RuntimeFolder()
    {
        _temp.File(
            Path.Combine("runtime", "00-multus.conf"),
            """{"cniVersion": "1.0.0", "name": "multus", "type": "multus-shim", "clusterNetwork": "/etc/cluster.conf"}"""
        );
        return _temp["runtime"];
    }

    private string Daemon(string json)
    {
        var own = $$"""{"binDir": "{{_temp["nowhere"]}}", """;
        return _temp.File(
            "daemon-config.json",
            json.Contains("binDir", StringComparison.Ordinal) || json.Contains('\n', StringComparison.Ordinal) ? json
                : json == "{}" ? own.TrimEnd(' ', ',') + "}"
                : own + json[1..]
        );
    }

    private string Kubeconfig(string server) =>
        _temp.File(
            "kubeconfig",
            $$"""
            apiVersion: v1
            kind: Config
            current-context: c
            contexts: [{name: c, context: {cluster: c, user: u} }]
            clusters: [{name: c, cluster: {server: "{{server}}", insecure-skip-tls-verify: true} }]
            users: [{name: u, user: {token: t} }]
            """
        );

    private void Network(string name, string config) =>
        Manifest(name, $"config: '{config.Replace("'", "''", StringComparison.Ordinal)}'");

    private void Manifest(string name, string spec) =>
        _temp.File(
            Path.Combine("nads", $"{name}.yaml"),
            $"apiVersion: k8s.cni.cncf.io/v1\nkind: NetworkAttachmentDefinition\nmetadata:\n  name: {name}\nspec:\n  {spec}\n"
        );

    private sealed record Found(
        string File,
        int Line,
        int Column,
        string Key,
        string Message,
        string Hint,
        string Network
    );
}
