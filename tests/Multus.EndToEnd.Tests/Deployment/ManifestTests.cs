using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Multus.EndToEnd.Tests.Deployment;

/// <summary>The files of deploy/, read as a cluster would; user-pain rows 6, 33 and 49.</summary>
public sealed class ManifestTests
{
    [Fact]
    public void Every_document_says_what_it_is_and_there_is_one_of_each_and_a_DaemonSet_for_each_mode() =>
        Assert.Equal(
            [
                "ClusterRole",
                "ClusterRoleBinding",
                "ConfigMap",
                "CustomResourceDefinition",
                "DaemonSet",
                "DaemonSet", // of thin mode
                "ServiceAccount",
            ],
            DeployedFiles
                .All.Where(one => one.File != DeployedFiles.ApproverFile)
                .Select(one => one.Document)
                .Where(document =>
                    document.Text("apiVersion").Length > 0 && document.Map("metadata").Text("name").Length > 0
                )
                .Select(document => document.Text("kind"))
                .Order(StringComparer.Ordinal)
        );

    [Fact]
    public void The_role_has_no_wildcard_and_no_secrets()
    {
        Assert.All(
            Role.Rules,
            rule =>
                Assert.DoesNotContain(
                    "*",
                    rule.Texts("verbs").Concat(rule.Texts("resources")).Concat(rule.Texts("apiGroups"))
                )
        );
        Assert.DoesNotContain(Role.Permissions, permission => permission.Contains("secrets", StringComparison.Ordinal));
    }

    [Fact]
    public void The_role_is_the_table_of_the_decision() => Assert.Equal(Role.Decided(), Role.Permissions);

    [Fact]
    public void The_role_is_bound_to_the_account_that_the_daemon_runs_as()
    {
        var binding = DeployedFiles.Single("ClusterRoleBinding");
        var account = DeployedFiles.Single("ServiceAccount").Map("metadata");
        var subject = Assert.Single(binding.Maps("subjects"));

        Assert.Equal(
            DeployedFiles.Single("ClusterRole").Map("metadata").Text("name"),
            binding.Map("roleRef").Text("name")
        );
        Assert.Equal(
            (account.Text("name"), account.Text("namespace")),
            (subject.Text("name"), subject.Text("namespace"))
        );
        Assert.Equal(account.Text("name"), DeployedFiles.PodSpec.Text("serviceAccountName"));
        Assert.Equal(account.Text("namespace"), DeployedFiles.Single("DaemonSet").Map("metadata").Text("namespace"));
    }

    [Fact]
    public void Account_role_and_binding_are_not_named_as_upstreams_so_that_its_manifest_cannot_overwrite_them() =>
        Assert.All(
            (string[])["ServiceAccount", "ClusterRole", "ClusterRoleBinding"],
            kind => Assert.Equal("multus-node", DeployedFiles.Single(kind).Map("metadata").Text("name"))
        );

    [Fact]
    public void The_image_has_the_programs_that_plugins_and_probes_call()
    {
        var installed = File.ReadAllText(Path.Combine(DeployedFiles.Root, "deploy", "Dockerfile"))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);

        Assert.All((string[])["curl", "iptables", "iproute2"], package => Assert.Contains(package, installed));
    }

    [Fact]
    public void The_definition_of_networks_is_structural_and_is_upstreams()
    {
        var spec = DeployedFiles.Single("CustomResourceDefinition").Map("spec");
        var version = Assert.Single(spec.Maps("versions"));
        var schema = version.Map("schema").Map("openAPIV3Schema");

        Assert.Equal(
            ("k8s.cni.cncf.io", "Namespaced", "v1"),
            (spec.Text("group"), spec.Text("scope"), version.Text("name"))
        );
        Assert.Equal(["nad", "net-attach-def"], spec.Map("names").Texts("shortNames")); // attach.md §1
        Assert.Equal(
            $"{spec.Map("names").Text("plural")}.k8s.cni.cncf.io",
            DeployedFiles.Single("CustomResourceDefinition").Map("metadata").Text("name")
        );
        Assert.All(PropertiesOf(schema).Prepend(schema), property => Assert.True(property.Has("type")));
        Assert.Equal("string", schema.Map("properties").Map("spec").Map("properties").Map("config").Text("type"));
    }

    [Fact]
    public void The_pod_is_guaranteed_its_memory_in_every_container_and_critical_for_its_node()
    {
        Assert.Equal("system-node-critical", DeployedFiles.PodSpec.Text("priorityClassName"));
        Assert.All(
            [DeployedFiles.Daemon, DeployedFiles.Installer, DeployedFiles.ThinInstaller],
            container =>
            {
                var resources = container.Map("resources");
                Assert.All(
                    (string[])["cpu", "memory"],
                    name => Assert.Equal(resources.Map("limits").Text(name), resources.Map("requests").Text(name))
                );
            }
        );
    }

    [Fact]
    public void The_memory_limit_is_enough_for_as_many_fat_plugins_as_run_at_once()
    {
        const int Daemon = 40,
            Plugin = 55; // MiB; what Cilium's takes: user-pain row 1
        const int Slots = 12 + 1; // multus.delegates.slots with one processor, and the one that is kept for DEL
        var resources = DeployedFiles.Daemon.Map("resources").Map("limits");

        Assert.EndsWith("m", resources.Text("cpu"), StringComparison.Ordinal); // less than one
        Assert.True(
            int.Parse(resources.Text("memory").Replace("Mi", "", StringComparison.Ordinal), null)
                >= Daemon + (Slots * Plugin)
        );
    }

    [Fact]
    public void Plugins_work_on_the_nodes_network() => Assert.Equal("true", DeployedFiles.PodSpec.Text("hostNetwork"));

    [Fact]
    public void The_pod_sees_no_processes_but_its_own() =>
        Assert.All((string[])["hostPID", "hostIPC"], key => Assert.False(DeployedFiles.PodSpec.Has(key)));

    [Theory]
    [InlineData("startupProbe", "/healthz")]
    [InlineData("livenessProbe", "/healthz")]
    [InlineData("readinessProbe", "/readyz")]
    public void Probes_ask_the_socket_and_end_before_kubelet_ends_them(string probe, string path)
    {
        var command = DeployedFiles.Daemon.Map(probe).Map("exec").Texts("command").ToList();

        Assert.Equal(Text(Configuration(), "socketDir") + "multus.sock", command[command.IndexOf("--unix-socket") + 1]);
        Assert.EndsWith(path, command[^1], StringComparison.Ordinal);
        Assert.True(
            int.Parse(command[command.IndexOf("--max-time") + 1], null)
                < int.Parse(DeployedFiles.Daemon.Map(probe).Text("timeoutSeconds"), null)
        );
    }

    [Fact]
    public void Why_the_daemon_does_not_start_is_seen_in_the_pods_description() =>
        Assert.All(
            [DeployedFiles.Daemon, DeployedFiles.Installer, DeployedFiles.ThinInstaller],
            container => Assert.Equal("FallbackToLogsOnError", container.Text("terminationMessagePolicy"))
        );

    [Fact]
    public void The_image_has_what_the_DaemonSet_starts()
    {
        var copied = ImageFile.Copies().ToList();

        Assert.All(
            copied,
            copy => Assert.True(File.Exists(copy.From), $"{copy.From} is missing: run ./build.sh publish")
        );
        Assert.Contains(ImageFile.Entrypoint, copied.Select(copy => copy.To));
        Assert.Equal(ImageFile.Entrypoint, DeployedFiles.Daemon.Texts("command").First());
    }

    [Fact]
    public void What_is_mounted_is_at_the_nodes_own_path_since_runtime_daemon_and_plugins_name_it_to_one_another()
    {
        var volumes = DeployedFiles.PodSpec.Maps("volumes").ToDictionary(volume => volume.Text("name"));
        foreach (
            var mount in DeployedFiles.Daemon.Maps("volumeMounts").Concat(DeployedFiles.Installer.Maps("volumeMounts"))
        )
        {
            if (volumes[mount.Text("name")] is var volume && volume.Has("hostPath"))
                Assert.Equal(volume.Map("hostPath").Text("path"), mount.Text("mountPath"));
        }
    }

    [Fact]
    public void Sandboxes_made_while_the_daemon_runs_are_seen_by_it() =>
        Assert.Equal(
            "HostToContainer",
            DeployedFiles
                .Daemon.Maps("volumeMounts")
                .Single(mount => mount.Text("mountPath") == "/run/netns")
                .Text("mountPropagation")
        );

    [Fact]
    public void Every_folder_that_the_daemon_is_configured_with_is_mounted()
    {
        var mounted = DeployedFiles.Daemon.Maps("volumeMounts").Select(mount => mount.Text("mountPath")).ToList();
        var folders = Configuration()
            .EnumerateObject()
            .Where(key => key.Value.ValueKind == JsonValueKind.String && key.Value.GetString()!.StartsWith('/'));

        Assert.All(
            folders,
            folder =>
                Assert.Contains(
                    mounted,
                    path =>
                        folder.Value.GetString()!.TrimEnd('/') == path
                        || folder.Value.GetString()!.StartsWith(path + "/", StringComparison.Ordinal)
                )
        );
    }

    [Fact]
    public void Every_key_of_the_daemons_configurations_is_in_the_reference()
    {
        var reference = File.ReadAllText(Path.Combine(DeployedFiles.Root, "docs", "reference", "configuration.md"));
        var samples = Directory
            .EnumerateFiles(Path.Combine(DeployedFiles.Root, "deploy", "samples"), "daemon-config*.json")
            .Select(File.ReadAllText)
            .ToList();

        Assert.Equal(2, samples.Count);
        Assert.All(
            samples
                .Append(DeployedFiles.Config("daemon-config.json"))
                .SelectMany(json => JsonNode.Parse(json)!.AsObject()),
            key => Assert.Contains($"| `{key.Key}` |", reference, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Shim_and_daemon_mean_the_same_folders()
    {
        using var shim = JsonDocument.Parse(DeployedFiles.Config("00-multus.conf"));

        Assert.Equal(Text(Configuration(), "socketDir"), Text(shim.RootElement, "daemonSocketDir"));
        Assert.Equal(Text(Configuration(), "cniDir"), Text(shim.RootElement, "cniDir"));
    }

    [Fact]
    public void The_sample_of_the_runtimes_file_is_the_one_that_is_deployed() =>
        Assert.True(
            JsonNode.DeepEquals(
                JsonNode.Parse(
                    File.ReadAllText(Path.Combine(DeployedFiles.Root, "deploy", "samples", "00-multus.conf"))
                ),
                JsonNode.Parse(DeployedFiles.Config("00-multus.conf"))
            )
        );

    private static IEnumerable<YamlMappingNode> PropertiesOf(YamlMappingNode schema) =>
        schema
            .Everything()
            .Where(map => map.Has("properties"))
            .SelectMany(map => map.Map("properties").Children.Values)
            .Cast<YamlMappingNode>();

    private static JsonElement Configuration()
    {
        using var json = JsonDocument.Parse(DeployedFiles.Config("daemon-config.json"));
        return json.RootElement.Clone();
    }

    private static string Text(JsonElement json, string key) => json.GetProperty(key).GetString()!;
}
