using System.Text.Json.Nodes;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using YamlDotNet.RepresentationModel;

namespace Multus.EndToEnd.Tests.Deployment;

/// <summary>Base and overlays of <c>deploy/kustomize</c>, rendered and read as a cluster would.</summary>
public sealed class KustomizationTests
{
    public static TheoryData<string> Overlays => [.. Kustomization.Overlays];

    [KubectlTheory]
    [InlineData("base", "multus.yaml")]
    [InlineData("overlays/thin", "multus-thin.yaml")]
    [InlineData("cert-approver", "cert-approver.yaml")]
    public void What_is_applied_is_what_is_rendered(string folder, string file)
    {
        var rendered = Kustomization.Of(folder);

        var lines = File.ReadAllText(Path.Combine(DeployedFiles.Root, "deploy", file)).Split('\n', 2);

        Assert.Contains($"deploy/kustomize/{folder}", lines[0], StringComparison.Ordinal);
        Assert.True(lines[1] == rendered.Text, $"deploy/{file} is not what deploy/kustomize has: run eng/render.sh");
    }

    [KubectlFact]
    public void There_is_an_overlay_for_each_kind_of_cluster_that_differs() =>
        Assert.Superset(
            new HashSet<string>([
                "crio",
                "k3s",
                "kind",
                "microk8s",
                "monitoring",
                "per-node-certs",
                "rke2",
                "talos",
                "thin",
                "tke",
                "ui",
            ]),
            Kustomization.Overlays.ToHashSet()
        );

    [KubectlTheory]
    [MemberData(nameof(Overlays))]
    public void Every_object_has_only_fields_that_its_kind_has_and_is_one_of_the_bases(string overlay)
    {
        var rendered = Kustomization.Overlay(overlay);

        Assert.Equal(rendered.Documents.Count, rendered.ReadStrictly());
        Assert.Subset(Names(Kustomization.Base), Names(rendered).Where(name => !IsAdded(overlay, name)).ToHashSet());

        static HashSet<string> Names(Kustomization one) =>
            [.. one.Documents.Select(document => $"{document.Text("kind")} {document.Map("metadata").Text("name")}")];
    }

    [KubectlTheory]
    [MemberData(nameof(Overlays))]
    public void Every_mount_has_its_volume_every_volume_is_mounted_and_no_two_mounts_are_at_one_place(string overlay)
    {
        var rendered = Kustomization.Overlay(overlay);
        var volumes = rendered.PodSpec.Maps("volumes").Select(volume => volume.Text("name")).ToList();

        Assert.Equal(volumes.Count, volumes.Distinct().Count());
        Assert.Equal(
            volumes.Order(StringComparer.Ordinal),
            rendered
                .Containers.SelectMany(container => container.Maps("volumeMounts"))
                .Select(mount => mount.Text("name"))
                .Distinct()
                .Order(StringComparer.Ordinal)
        );
        Assert.All(
            rendered.Containers,
            container =>
            {
                var places = container.Maps("volumeMounts").Select(mount => mount.Text("mountPath")).ToList();
                Assert.Equal(places.Count, places.Distinct().Count());
            }
        );
    }

    [KubectlTheory]
    [MemberData(nameof(Overlays))]
    public void Image_role_quality_of_service_and_probes_are_the_bases(string overlay)
    {
        var rendered = Kustomization.Overlay(overlay);

        Assert.All(
            rendered.Containers,
            container =>
            {
                Assert.Equal("multus:dev", container.Text("image"));
                Assert.Equal(container.Map("resources").Map("limits"), container.Map("resources").Map("requests"));
            }
        );
        Assert.Equal("multus-node", rendered.PodSpec.Text("serviceAccountName"));
        if (rendered.Configuration is null)
            return;
        var (daemon, own) = (
            Assert.Single(rendered.PodSpec.Maps("containers")),
            Assert.Single(Kustomization.Base.PodSpec.Maps("containers"))
        );
        Assert.All(
            (string[])["startupProbe", "livenessProbe", "readinessProbe", "command"],
            part => Assert.Equal(own.Children[part], daemon.Children[part])
        );
    }

    [KubectlTheory]
    [InlineData("crio", "containerRuntimeSocket")]
    [InlineData("k3s", "cniConfigDir", "binDir", "containerRuntimeSocket")]
    [InlineData("kind")]
    [InlineData("microk8s", "cniConfigDir", "binDir", "containerRuntimeSocket", "kubeletDir")]
    [InlineData("monitoring", "metricsPort", "metricsAddress")]
    [InlineData("per-node-certs", "perNodeCertificate")]
    [InlineData("rke2", "containerRuntimeSocket")]
    [InlineData("talos")]
    [InlineData("ui", "metricsPort", "ui", "uiTokenFile")]
    [InlineData("tke", "multusConfigFile", "defaultDelegates", "confDir", "daemonSocketDir", "capabilities")]
    public void An_overlay_changes_no_other_key_of_the_daemons_configuration(string overlay, params string[] keys)
    {
        var (own, changed) = (Kustomization.Base.Configuration!, Kustomization.Overlay(overlay).Configuration!);

        Assert.Equal(
            keys.Order(StringComparer.Ordinal),
            own.Select(key => key.Key)
                .Union(changed.Select(key => key.Key))
                .Where(key => !JsonNode.DeepEquals(own[key], changed[key]))
                .Order(StringComparer.Ordinal)
        );
    }

    [KubectlTheory]
    [MemberData(nameof(Overlays))]
    public void Every_folder_that_the_daemon_uses_itself_is_mounted_and_the_installer_writes_where_the_runtime_looks(
        string overlay
    )
    {
        var rendered = Kustomization.Overlay(overlay);
        if (rendered.Configuration is not { } configuration)
            return; // thin mode: ThinManifestTests
        var mounted = Assert
            .Single(rendered.PodSpec.Maps("containers"))
            .Maps("volumeMounts")
            .Select(mount => mount.Text("mountPath") + "/")
            .ToList();

        // binDir is looked up in the plugins' root.
        Assert.All(
            configuration.Where(key => key.Key != "binDir" && Path(key.Value).StartsWith('/')),
            key =>
                Assert.Contains(
                    mounted,
                    place => (Path(key.Value).TrimEnd('/') + "/").StartsWith(place, StringComparison.Ordinal)
                )
        );
        Assert.Equal(
            [$"--bin-dir={configuration["binDir"]}", $"--conf-dir={configuration["cniConfigDir"]}"],
            Assert.Single(rendered.PodSpec.Maps("initContainers")).Texts("args")
        );

        static string Path(JsonNode? value) =>
            value is JsonValue scalar && scalar.TryGetValue<string>(out var text) ? text : "";
    }

    [KubectlTheory]
    [MemberData(nameof(Overlays))]
    public void Every_key_of_an_overlays_configuration_is_in_the_reference(string overlay)
    {
        var reference = File.ReadAllText(
            System.IO.Path.Combine(DeployedFiles.Root, "docs", "reference", "configuration.md")
        );

        Assert.All(
            Kustomization.Overlay(overlay).Configuration ?? [],
            key => Assert.Contains($"| `{key.Key}` |", reference, StringComparison.Ordinal)
        );
    }

    [KubectlTheory]
    [MemberData(nameof(Overlays))]
    public void The_daemon_accepts_an_overlays_configuration(string overlay)
    {
        const int NobodyAnswers = 1; // to the probe, which reads the configuration first: 64 if that is wrong
        if (Kustomization.Overlay(overlay).Configuration is not { } configuration)
            return; // thin mode
        using var folder = new TempFolder("moverlay-");
        configuration = configuration.DeepClone().AsObject();
        configuration["socketDir"] = folder.Path;

        var ran = ProcessTool.Try(
            Binaries.Daemon,
            "ready",
            "-config",
            folder.File("daemon-config.json", configuration.ToJsonString())
        );

        Assert.True(ran.ExitCode == NobodyAnswers, ran.Stdout + ran.Stderr);
    }

    [KubectlFact]
    public void Talos_names_network_namespaces_by_a_folder_that_is_no_link_there()
    {
        var volume = Kustomization
            .Overlay("talos")
            .PodSpec.Maps("volumes")
            .Single(volume => volume.Text("name") == "netns");

        Assert.Equal("/var/run/netns", volume.Map("hostPath").Text("path"));
    }

    [KubectlFact]
    public void With_certificates_of_their_own_nodes_have_no_token_and_whoever_has_one_may_do_nothing()
    {
        var rendered = Kustomization.Overlay("per-node-certs");
        var certificate = rendered.Configuration!["perNodeCertificate"]!;

        Assert.Equal("false", rendered.PodSpec.Text("automountServiceAccountToken"));
        Assert.DoesNotContain(
            rendered.Documents.Where(document => document.Text("kind") == "ClusterRoleBinding"),
            binding =>
                binding
                    .Maps("subjects")
                    .Any(subject => subject.Text("name") == "multus-node" && subject.Text("kind") == "ServiceAccount")
        );
        Assert.Contains(
            rendered.Containers.SelectMany(container => container.Maps("volumeMounts")),
            mount => mount.Text("mountPath") == (string)certificate["certDir"]! && !mount.Has("readOnly")
        );
        Assert.StartsWith("/host/", (string)certificate["bootstrapKubeconfig"]!, StringComparison.Ordinal);
    }

    /// <summary>What an overlay has beside the base's objects.</summary>
    private static bool IsAdded(string overlay, string name) =>
        overlay == "per-node-certs" && name.Contains("cert", StringComparison.Ordinal);
}
