using System.Text;
using Multus.Engine.Installation;
using Multus.Host.Logging;
using Multus.Kubernetes;
using Multus.Kubernetes.Api.Configuration;
using Multus.Kubernetes.Api.Credentials;
using Multus.Kubernetes.Certificates;
using Multus.Linux.Files;
using Multus.Linux.Processes;

namespace Multus.Host.Commands;

/// <summary>
/// <c>multus-daemon kubeconfig-generator</c>: keeps a certificate of the node's own and a kubeconfig with it for the
/// thin plugin, until it is told to stop (wire-and-daemon.md §11.1).
/// </summary>
internal sealed class KubeconfigGeneratorCommand(
    Flags flags,
    TextWriter errors,
    Func<string, string?> environment,
    TimeProvider time,
    ILoggerFactory logs
)
{
    public const string Name = "kubeconfig-generator";

    /// <summary>The name of upstream's program.</summary>
    public const string ProgramName = "kubeconfig_generator";

    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderMode =
        FileMode
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    private readonly string _kubeconfig = Path.GetFullPath(flags.Text("/run/multus/kubeconfig", "kubeconfig"));
    private readonly ILogger _log = logs.CreateLogger("Multus.Host");

    /// <summary>Reads what follows the command.</summary>
    public static Flags Parse(IReadOnlyList<string> args) =>
        Flags.Parse(args, ["certdir", "bootstrap-config", "kubeconfig", "cert-duration"], []).WithoutWords();

    /// <summary>Runs it with a log on stderr.</summary>
    public static async Task<int> RunAsync(Flags flags, CancellationToken stop)
    {
        using var log = LogPipeline.ForCommand(TimeProvider.System);
        return await new KubeconfigGeneratorCommand(
            flags,
            Console.Error,
            Environment.GetEnvironmentVariable,
            TimeProvider.System,
            log.Factory
        ).RunAsync(stop);
    }

    public async Task<int> RunAsync(CancellationToken stop)
    {
        try
        {
            var settings = Settings();
            using var processes = new ProcessRunner(time);
            await using var certificates = await NodeCertificates.StartAsync(
                settings,
                new ExecPluginProcesses(processes),
                environment,
                time,
                logs.CreateLogger<NodeCertificates>(),
                stop
            );
            await KeepAsync(settings, certificates, stop);
            return ExitCode.Success;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCode.Success; // before there was a certificate
        }
        catch (ApiConfigurationException wrong)
        {
            return await FailAsync(ExitCode.Configuration, wrong.Message);
        }
        catch (Exception failure) when (failure is KubernetesException or IOException or UnauthorizedAccessException)
        {
            return await FailAsync(ExitCode.Failure, failure.Message);
        }
    }

    private async Task<int> FailAsync(int code, string reason)
    {
        await errors.WriteLineAsync($"multus-daemon: {Name}: {reason}");
        return code;
    }

    /// <exception cref="ApiConfigurationException">A flag or the environment cannot be used.</exception>
    private NodeCertificateSettings Settings()
    {
        var bootstrap = Path.GetFullPath(flags.Text("/tmp/kubeconfig", "bootstrap-config"));
        var folder = Path.GetFullPath(flags.Text("/tmp", "certdir"));
        var duration = flags.Text(NodeCertificateKeys.DefaultDuration, "cert-duration");
        if (!File.Exists(bootstrap))
            throw new ApiConfigurationException($"--bootstrap-config {bootstrap} does not exist");
        if (!Directory.Exists(folder))
            throw new ApiConfigurationException($"--certdir {folder} is no folder");
        return ClusterSource.CertificateOf(
            new NodeCertificateKeys(
                bootstrap,
                folder,
                NodeCertificateKeys.DurationOf(duration)
                    ?? throw new ApiConfigurationException(
                        $"--cert-duration {NodeCertificateKeys.DurationRule}; found {duration}"
                    )
            ),
            environment
        );
    }

    /// <summary>The kubeconfig is there until the end, and says what the bootstrap kubeconfig does.</summary>
    private async Task KeepAsync(
        NodeCertificateSettings settings,
        NodeCertificates certificates,
        CancellationToken stop
    )
    {
        var written = "";
        try
        {
            DurableFile.CreateFolder(Path.GetDirectoryName(_kubeconfig)!, FolderMode);
            written = Write(NodeKubeconfig.Render(settings));
            HostLog.KubeconfigWritten(_log, _kubeconfig);
            while (true)
            {
                var ended = await Task.WhenAny(certificates.Running, Task.Delay(Look, time, stop));
                await ended;
                written = Follow(settings, written);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // told to stop
        }
        finally
        {
            if (written.Length > 0)
                DurableFile.Delete(_kubeconfig);
        }
    }

    // The generator before this one takes the file away at its end: without it no pod starts.
    private string Follow(NodeCertificateSettings settings, string written)
    {
        try
        {
            var text = NodeKubeconfig.Render(settings);
            return text == written && File.Exists(_kubeconfig) ? written : Write(text);
        }
        catch (Exception e) when (e is ApiConfigurationException or IOException or UnauthorizedAccessException)
        {
            HostLog.KubeconfigKept(_log, _kubeconfig, e.Message);
            return written;
        }
    }

    private string Write(string text)
    {
        DurableFile.Replace(_kubeconfig, Encoding.UTF8.GetBytes(text), FileMode);
        return text;
    }
}
