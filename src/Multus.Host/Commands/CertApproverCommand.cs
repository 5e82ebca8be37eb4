using Multus.Engine.Installation;
using Multus.Host.Logging;
using Multus.Kubernetes.Api;
using Multus.Kubernetes.Api.Configuration;
using Multus.Kubernetes.Api.Credentials;
using Multus.Kubernetes.Certificates.Approval;
using Multus.Linux.Processes;

namespace Multus.Host.Commands;

/// <summary>
/// <c>multus-daemon cert-approver</c>: approves the certificates that nodes ask for, for a whole cluster, until it is
/// told to stop (wire-and-daemon.md §11.2).
/// </summary>
internal static class CertApproverCommand
{
    public const string Name = "cert-approver";

    /// <summary>Reads what follows the command.</summary>
    public static Flags Parse(IReadOnlyList<string> args) => Flags.Parse(args, ["kubeconfig"], []).WithoutWords();

    public static async Task<int> RunAsync(Flags flags, CancellationToken stop)
    {
        var time = TimeProvider.System;
        using var log = LogPipeline.ForCommand(time);
        using var processes = new ProcessRunner(time);
        try
        {
            var kubeconfig = flags.Text("", "kubeconfig");
            using var approver = new CertificateApprover(
                kubeconfig.Length > 0
                    ? Kubeconfig.Read(kubeconfig)
                    : InCluster.Read(Environment.GetEnvironmentVariable),
                new ApiClusterSettings("", ProductVersion.Number) { Program = Name },
                new ExecPluginProcesses(processes),
                Environment.GetEnvironmentVariable,
                time,
                new Random(),
                log.Factory.CreateLogger<CertificateApprover>()
            );
            await approver.RunAsync(stop);
            return ExitCode.Success;
        }
        catch (ApiConfigurationException wrong)
        {
            await Console.Error.WriteLineAsync($"multus-daemon: {Name}: {wrong.Message}");
            return ExitCode.Configuration;
        }
    }
}
