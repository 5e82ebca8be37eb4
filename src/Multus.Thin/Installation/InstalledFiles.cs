using System.Text;
using System.Text.Json;
using Multus.Core.Generation;
using Multus.Engine.Installation;
using Multus.Kubernetes.Api.Configuration;
using Multus.Linux.Files;
using Multus.Linux.Processes;

namespace Multus.Thin.Installation;

/// <summary>
/// The plugin and the kubeconfig that the runtime's configuration leads to. Each is written by rename: nobody sees half
/// of one.
/// </summary>
internal sealed class InstalledFiles(InstallOptions options, Func<string, string?> environment)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnlyFolder = OwnerOnly | UnixFileMode.UserExecute;
    private const UnixFileMode ReadableFolder =
        OwnerOnlyFolder
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    private readonly InstallOptions _options = options;
    private readonly Func<string, string?> _environment = environment;

    /// <summary>Writes the kubeconfig if token, CA or server are not as it says, or it is missing.</summary>
    /// <returns>Whether it was written.</returns>
    public bool RefreshKubeconfig()
    {
        var text = Encoding.UTF8.GetBytes(KubeconfigText());
        if (IsWritten(text))
            return false;

        DurableFile.CreateFolder(_options.CniConfDir, ReadableFolder); // first: the kubeconfig's may lie in it
        DurableFile.CreateFolder(Path.GetDirectoryName(Path.GetFullPath(_options.Kubeconfig))!, OwnerOnlyFolder);
        _ = DurableFile.SweepTempsOf(_options.Kubeconfig);
        DurableFile.Replace(_options.Kubeconfig, text, OwnerOnly);
        return true;
    }

    /// <summary>Puts the plugin where the runtime looks.</summary>
    /// <exception cref="InstallException">It is no program for this machine, or does not run.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public async Task InstallProgramAsync(CancellationToken stop)
    {
        if (!_options.CopiesProgram)
            return;
        using var processes = new ProcessRunner(TimeProvider.System);
        await new ProgramFile(processes).InstallAsync(_options.Program, _options.BinDir, CommandLine.Name, stop);
    }

    /// <summary>How the runtime's configuration is made and kept.</summary>
    public RuntimeConfigSettings RuntimeConfig()
    {
        var keys = _options.Keys(_environment("MULTUS_NODE_NAME") ?? "");
        var template = new RuntimeConfigTemplate(keys, CommandLine.Name) { EmbedsNetwork = _options.EmbedsNetwork };
        var settings = new RuntimeConfigSettings
        {
            Folder = _options.CniConfDir,
            RemoveOnExit = _options.RemovesConfigurationOnExit,
            Settle = _options.IsOnce ? TimeSpan.Zero : TimeSpan.FromSeconds(2),
        };
        if (_options.ConfFile != InstallOptions.Auto)
        {
            return settings with
            {
                FixedFile = _options.ConfFile,
                FileName = Path.GetFileName(_options.ConfFile),
                Settle = TimeSpan.Zero,
            };
        }

        return _options.ClusterNetwork.Length > 0
            ? settings with
            {
                FixedContent = template.Write(_options.ClusterNetwork),
                Settle = TimeSpan.Zero,
            }
            : settings with
            {
                Template = template,
                NetworkFolder = _options.NetworkDir,
                MasterFile = _options.MasterFile,
                ForceVersion = _options.ForcesVersion,
            };
    }

    // Asked of the disk: an installer that has ended since may have written its own token, which is void now.
    private bool IsWritten(byte[] text)
    {
        try
        {
            return File.Exists(_options.Kubeconfig)
                && File.GetUnixFileMode(_options.Kubeconfig) == OwnerOnly
                && RegularFile.Read(_options.Kubeconfig).AsSpan().SequenceEqual(text);
        }
        catch (IOException)
        {
            return false; // gone since, or no regular file: it is replaced, or replacing says why not
        }
    }

    private string KubeconfigText()
    {
        var server = InCluster.Read(_environment, _options.ServiceAccountDir).Server;
        var authority = _options.SkipsTlsVerify
            ? "insecure-skip-tls-verify: true"
            : $"certificate-authority-data: {Convert.ToBase64String(File.ReadAllBytes(InServiceAccount("ca.crt")))}";
        var token = File.ReadAllText(InServiceAccount("token")).Trim();
        if (token.Length == 0)
            throw new ApiConfigurationException($"{InServiceAccount("token")} is empty");
        return $"""
            # Written by multus install, which keeps token and CA fresh.
            apiVersion: v1
            kind: Config
            clusters:
            - name: local
              cluster:
                server: {server.GetLeftPart(UriPartial.Authority)}
                {authority}
            users:
            - name: multus
              user:
                token: "{JsonEncodedText.Encode(token)}"
            contexts:
            - name: multus
              context:
                cluster: local
                user: multus
            current-context: multus

            """;
    }

    private string InServiceAccount(string name) => Path.Combine(_options.ServiceAccountDir, name);
}
