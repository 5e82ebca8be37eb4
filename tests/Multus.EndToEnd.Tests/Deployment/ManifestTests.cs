using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Multus.EndToEnd.Tests.Deployment;

/// <summary>What <c>deploy/multus.yaml</c> has, and of <c>multus-thin.yaml</c> what both have in common.</summary>
public sealed class ManifestTests
{
    [Fact]
    public void There_is_one_object_of_each_kind_and_in_thin_mode_no_configuration_of_a_daemon()
    {
        string[] thin =
        [
            "ClusterRole",
            "ClusterRoleBinding",
            "CustomResourceDefinition",
            "DaemonSet",
            "ServiceAccount",
        ];

        Assert.Equal(thin, Kinds(DeployedFiles.Thin));
        Assert.Equal(thin.Append("ConfigMap").Order(StringComparer.Ordinal), Kinds(DeployedFiles.Thick));

        static IEnumerable<string> Kinds(IEnumerable<YamlMappingNode> documents) =>
            documents.Select(document => document.Text("kind")).Order(StringComparer.Ordinal);
    }

    [Fact]
    public void Definition_account_and_role_are_the_same_in_both_modes() =>
        Assert.All(
            (string[])["ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "ServiceAccount"],
            kind => Assert.Equal(DeployedFiles.Single(kind), DeployedFiles.Thin.Single(kind))
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
    public void The_memory_limit_has_room_for_the_daemon_and_for_three_of_the_fattest_plugins_at_once()
    {
        const int Daemon = 60,
            Plugin = 55; // MiB; what Cilium's takes. The daemon fits its slots to what is left
        var memory = DeployedFiles.Daemon.Map("resources").Map("limits").Text("memory");

        Assert.Equal(3, (int.Parse(memory.Replace("Mi", "", StringComparison.Ordinal), null) - Daemon) / Plugin);
    }

    [Fact]
    public void Plugins_work_on_the_nodes_network() => Assert.Equal("true", DeployedFiles.PodSpec.Text("hostNetwork"));

    [Fact]
    public void The_pod_sees_no_processes_but_its_own() =>
        Assert.All((string[])["hostPID", "hostIPC"], key => Assert.False(DeployedFiles.PodSpec.Has(key)));

    [Theory]
    [InlineData("startupProbe", "health")]
    [InlineData("livenessProbe", "health")]
    [InlineData("readinessProbe", "ready")]
    public void Probes_run_the_daemons_program_with_its_configuration_and_end_before_kubelet_ends_them(
        string probe,
        string asks
    )
    {
        const int GivesUp = 4; // seconds; the command's own
        var started = DeployedFiles.Daemon.Texts("command").ToList();

        Assert.Equal(
            [started[0], asks, "-config", started[started.IndexOf("-config") + 1]],
            DeployedFiles.Daemon.Map(probe).Map("exec").Texts("command")
        );
        Assert.True(GivesUp < int.Parse(DeployedFiles.Daemon.Map(probe).Text("timeoutSeconds"), null));
    }

    [Fact]
    public void Every_container_has_a_file_system_that_nobody_writes_to() =>
        Assert.All(
            [DeployedFiles.Daemon, DeployedFiles.Installer, DeployedFiles.ThinInstaller],
            container => Assert.Equal("true", container.Map("securityContext").Text("readOnlyRootFilesystem"))
        );

    [Fact]
    public void Commands_without_the_name_of_a_container_reach_the_one_that_works() =>
        Assert.All(
            [
                (DeployedFiles.Single("DaemonSet"), DeployedFiles.Daemon),
                (DeployedFiles.ThinDaemonSet, DeployedFiles.ThinInstaller),
            ],
            one =>
                Assert.Equal(
                    one.Item2.Text("name"),
                    one.Item1.Map("spec")
                        .Map("template")
                        .Map("metadata")
                        .Map("annotations")
                        .Text("kubectl.kubernetes.io/default-container")
                )
        );

    [Fact]
    public void The_nodes_root_is_where_plugins_and_installer_look_and_mounts_of_the_node_are_seen_there()
    {
        var chroot = Text(Configuration(), "chrootDir");
        var volume = DeployedFiles
            .PodSpec.Maps("volumes")
            .Single(volume => volume.Has("hostPath") && volume.Map("hostPath").Text("path") == "/");
        var mount = DeployedFiles
            .Daemon.Maps("volumeMounts")
            .Single(mount => mount.Text("name") == volume.Text("name"));

        Assert.Equal((chroot, "HostToContainer"), (mount.Text("mountPath"), mount.Text("mountPropagation")));
        Assert.False(mount.Has("readOnly"));
        Assert.Contains($"--host-root={chroot}", DeployedFiles.Installer.Texts("command"));
        Assert.Equal(
            [chroot],
            DeployedFiles.Installer.Maps("volumeMounts").Select(mounted => mounted.Text("mountPath"))
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
        Assert.True(ImageFile.HasProgram(ImageFile.Entrypoint));
        Assert.Equal(ImageFile.Entrypoint, DeployedFiles.Daemon.Texts("command").First());
    }

    [Fact]
    public void What_is_mounted_is_at_the_nodes_own_path_since_runtime_daemon_and_plugins_name_it_to_one_another()
    {
        var volumes = DeployedFiles.PodSpec.Maps("volumes").ToDictionary(volume => volume.Text("name"));
        foreach (var mount in DeployedFiles.Daemon.Maps("volumeMounts"))
        {
            if (
                volumes[mount.Text("name")] is var volume
                && volume.Has("hostPath")
                && volume.Map("hostPath").Text("path") is var path and not "/"
            )
                Assert.Equal(path, mount.Text("mountPath"));
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
    public void Shim_and_daemon_mean_the_same_folders_and_those_of_the_sample()
    {
        using var sample = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(DeployedFiles.Root, "deploy", "samples", "00-multus.conf"))
        );

        Assert.Equal(Text(Configuration(), "socketDir"), Text(Configuration(), "daemonSocketDir"));
        Assert.Equal(Text(Configuration(), "socketDir"), Text(sample.RootElement, "daemonSocketDir"));
        Assert.Equal(Text(Configuration(), "cniDir"), Text(sample.RootElement, "cniDir"));
    }

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
