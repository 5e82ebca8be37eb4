using Multus.EndToEnd.Tests.Deployment;
using Multus.EndToEnd.Tests.Nodes;
using Multus.TestCluster.Journal;
using Multus.TestCluster.Objects;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Kubernetes;

/// <summary>
/// A node that comes to its own certificate, on an API server that allows what the deployed roles say and nothing else.
/// </summary>
public sealed class NodeCertificateTests(ITestOutputHelper output) : ApiServerTest(output)
{
    private const string Kubelet = $"system:node:{NodeName}";
    private const string NodeUser = $"system:multus:{NodeName}";
    private const string Approver = "system:serviceaccount:kube-system:multus-cert-approver";

    private string CertDir => Path.Combine(Node.Folders.Root, "certs");

    private string Current => Path.Combine(CertDir, "multus-client-current.pem");

    [RootFact]
    public async Task A_daemon_with_a_bootstrap_kubeconfig_comes_to_a_certificate_and_attaches_a_pod_as_the_node()
    {
        EnforceRoles();
        UseCertificate();
        CreateNetwork("blue");
        var pod = CreatePod("blue");
        var approver = StartApprover();

        await Node.StartDaemon();
        (await Node.Add(pod)).Succeeded();

        Assert.Equal(["eth0", "net1"], Attached);
        await Wait.Until("the pod has its status", () => StatusOf(pod) is not null);
        Assert.Equal([Kubelet], UsersOf(request => request.Resource == ResourceType.SigningRequests, "multus-daemon/"));
        Assert.Equal([NodeUser], UsersOf(request => request.Resource == ResourceType.Pods, "multus-daemon/"));
        Assert.DoesNotContain(Server.Journal.All, request => request.Code is 401 or 403);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Current));
        approver.AskToStop();
        Assert.Equal(0, await approver.Exited());

        // The next start has what the one before it got.
        await Node.Daemon.Kill();
        await Node.StartDaemon();
        (await Node.Del(pod)).Succeeded();
        Assert.Single(Server.Objects.All(ResourceType.SigningRequests));
    }

    [RootFact]
    public async Task A_daemon_that_is_killed_while_it_waits_for_its_certificate_asks_again_and_leaves_no_half_files()
    {
        UseCertificate();
        var waiting = Node.LaunchDaemon();
        await Wait.Until("it has asked", () => Server.Objects.All(ResourceType.SigningRequests).Count == 1);
        await waiting.Kill();
        Server.Signer.ApprovesAll = true;

        await Node.StartDaemon();

        Assert.Equal(2, Server.Objects.All(ResourceType.SigningRequests).Count);
        Assert.Equal(
            1,
            Directory
                .EnumerateFileSystemEntries(CertDir)
                .Count(file => !file.EndsWith("current.pem", StringComparison.Ordinal))
        );
    }

    [RootFact]
    public async Task A_daemon_without_a_name_for_its_node_says_what_is_missing()
    {
        UseCertificate();
        Node.WithVariable("MULTUS_NODE_NAME", "");
        var daemon = Node.LaunchDaemon();

        Assert.Equal(64, await daemon.Exited());
        await Node.Log.Line("set it from spec.nodeName");
    }

    [RootFact]
    public async Task The_generator_keeps_a_kubeconfig_for_the_thin_plugin_and_takes_it_away_at_its_end()
    {
        Server.Signer.ApprovesAll = true;
        Directory.CreateDirectory(CertDir);
        var kubeconfig = Path.Combine(Node.Folders.Root, "generated", "kubeconfig");
        var generator = Node.LaunchCommand(
            "kubeconfig-generator",
            "--certdir",
            CertDir,
            "--bootstrap-config",
            Bootstrap(),
            "--kubeconfig",
            kubeconfig,
            "--cert-duration",
            "1h"
        );
        await Wait.Until("the kubeconfig is there", () => File.Exists(kubeconfig), () => $"\n{Node.Log}");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(kubeconfig));
        var text = await File.ReadAllTextAsync(kubeconfig);
        Assert.DoesNotContain("PRIVATE KEY", text, StringComparison.Ordinal);
        Assert.Contains("name: default-cluster", text, StringComparison.Ordinal);
        Node.With("kubeconfig", kubeconfig);
        Node.Flavour = Flavour.Thin;
        CreateNetwork("blue");
        var pod = CreatePod("blue");
        (await Node.Add(pod)).Succeeded();
        Assert.Equal(["eth0", "net1"], Attached);
        Assert.Equal([NodeUser], UsersOf(request => request.Resource == ResourceType.Pods, ""));
        (await Node.Del(pod)).Succeeded();

        File.Delete(kubeconfig); // as a generator does that ends when this one runs already
        await Wait.Until("the kubeconfig is back", () => File.Exists(kubeconfig), () => $"\n{Node.Log}");
        Assert.Equal(text, await File.ReadAllTextAsync(kubeconfig));

        generator.AskToStop();
        Assert.Equal(0, await generator.Exited());
        Assert.False(File.Exists(kubeconfig));
        Assert.True(File.Exists(Current));
    }

    private string Bootstrap() => Files.KubeconfigWithToken(Server.Access.IssueToken(Kubelet));

    private void UseCertificate() =>
        Node.WithJson(
            "perNodeCertificate",
            $$"""{"enabled":true,"bootstrapKubeconfig":"{{Bootstrap()}}","certDir":"{{CertDir}}","certDuration":"10m"}"""
        );

    private void EnforceRoles()
    {
        var asking = Role.EnforcedOf(DeployedFiles.ApproverFile, "multus-node-certificates");
        Server.Access.AllowOnly(Kubelet, asking);
        Server.Access.AllowOnly(NodeUser, [.. asking, .. Role.Of(DeployedFiles.Thick)]);
        Server.Access.AllowOnly(Approver, Role.EnforcedOf(DeployedFiles.ApproverFile, "multus-cert-approver"));
    }

    private DaemonProcess StartApprover() =>
        Node.LaunchCommand(
            "cert-approver",
            "--kubeconfig",
            Server
                .FilesIn(Path.Combine(Node.Folders.Root, "approver"))
                .KubeconfigWithToken(Server.Access.IssueToken(Approver))
        );

    private IEnumerable<string?> UsersOf(Func<RequestRecord, bool> isMeant, string program) =>
        Server
            .Journal.All.Where(request =>
                isMeant(request) && request.UserAgent.StartsWith(program, StringComparison.Ordinal)
            )
            .Select(request => request.User)
            .Distinct();
}
