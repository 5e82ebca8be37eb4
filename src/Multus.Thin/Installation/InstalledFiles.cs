using System.Text;
using System.Text.Json;
using Multus.Kubernetes.Api.Configuration;
using Multus.Linux.Files;

namespace Multus.Thin.Installation;

/// <summary>
/// The three files that the runtime of a node needs for thin mode. Each is written by rename: the runtime never sees
/// half of one.
/// </summary>
internal sealed class InstalledFiles(InstallOptions options, Func<string, string?> environment)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnlyFolder = OwnerOnly | UnixFileMode.UserExecute;
    private const UnixFileMode Program =
        OwnerOnlyFolder
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    private readonly InstallOptions _options = options;
    private readonly Func<string, string?> _environment = environment;
    private string? _writtenKubeconfig;

    /// <summary>Writes what the runtime's configuration leads to first, and the configuration last.</summary>
    public void WriteAll()
    {
        _ = RefreshKubeconfig(); // the likeliest to fail, before anything of the node has changed
        WriteProgram();
        WriteRuntimeConfiguration();
    }

    /// <summary>Writes the kubeconfig if token, CA or server have changed since this was last asked.</summary>
    /// <returns>Whether it was written.</returns>
    public bool RefreshKubeconfig()
    {
        var text = KubeconfigText();
        if (text == _writtenKubeconfig)
            return false;

        DurableFile.CreateFolder(_options.CniConfDir, Program); // first: the kubeconfig's may lie in it
        DurableFile.CreateFolder(Path.GetDirectoryName(Path.GetFullPath(_options.Kubeconfig))!, OwnerOnlyFolder);
        DurableFile.Replace(_options.Kubeconfig, Encoding.UTF8.GetBytes(text), OwnerOnly);
        _writtenKubeconfig = text;
        return true;
    }

    public void RemoveRuntimeConfiguration() => DurableFile.Delete(_options.RuntimeConfiguration);

    private void WriteProgram()
    {
        DurableFile.CreateFolder(_options.BinDir, Program);
        _ = DurableFile.SweepTemps(_options.BinDir); // an installer that was killed leaves a whole program
        DurableFile.Replace(
            Path.Combine(_options.BinDir, CommandLine.Name),
            File.ReadAllBytes(Environment.ProcessPath!),
            Program
        );
    }

    private string KubeconfigText()
    {
        var server = InCluster.Read(_environment, _options.ServiceAccountDir).Server;
        var authority = Convert.ToBase64String(File.ReadAllBytes(InServiceAccount("ca.crt")));
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
                certificate-authority-data: {authority}
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

    private void WriteRuntimeConfiguration()
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("cniVersion", "1.0.0");
            writer.WriteString("name", "multus-cni-network");
            writer.WriteString("type", CommandLine.Name);
            writer.WriteStartObject("capabilities");
            writer.WriteBoolean("portMappings", true);
            writer.WriteBoolean("bandwidth", true);
            writer.WriteEndObject();
            writer.WriteString("kubeconfig", _options.Kubeconfig);
            writer.WriteString(
                "clusterNetwork",
                _options.ClusterNetwork.Length > 0 ? _options.ClusterNetwork : _options.CniConfDir
            );
            if (_environment("MULTUS_NODE_NAME") is { Length: > 0 } node)
                writer.WriteString("nodeName", node);
            writer.WriteEndObject();
        }

        json.WriteByte((byte)'\n');
        DurableFile.Replace(_options.RuntimeConfiguration, json.ToArray(), OwnerOnly);
    }

    private string InServiceAccount(string name) => Path.Combine(_options.ServiceAccountDir, name);
}
