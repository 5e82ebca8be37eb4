using System.Globalization;
using System.Text;

namespace Multus.TestCluster.ClientFiles;

/// <summary>
/// Writes what clients read to find the server and to prove who they are, in every form that kubeconfig and a service
/// account have.
/// </summary>
public sealed class ClientFolder
{
    private const string SomebodysName = "multus";

    private readonly TestApiServer _server;
    private readonly string _folder;

    internal ClientFolder(TestApiServer server, string folder)
    {
        _server = server;
        _folder = Directory.CreateDirectory(folder).FullName;
    }

    /// <summary>A kubeconfig with the token in it; returns its path, as all of these do.</summary>
    public string KubeconfigWithToken(string token) => Kubeconfig($"token: {token}");

    /// <summary>A kubeconfig that names a token file; the file's path is relative to it.</summary>
    public string KubeconfigWithTokenFile(string token)
    {
        Write("token.txt", token + "\n");
        return Kubeconfig("tokenFile: token.txt");
    }

    /// <summary>Replaces the token file by renaming, as kubelet does.</summary>
    public void ReplaceTokenFile(string token) => Write("token.txt", token + "\n");

    public string KubeconfigWithInlineCertificate(string user, TimeSpan? validFor = null)
    {
        var client = _server.Identity.Authority.IssueClient(user, validFor);
        return Kubeconfig(
            $"client-certificate-data: {Base64(client.CertificatePem)}",
            $"client-key-data: {Base64(client.KeyPem)}"
        );
    }

    public string KubeconfigWithCertificateFiles(string user, TimeSpan? validFor = null)
    {
        ReplaceCertificateFiles(user, validFor);
        return Kubeconfig("client-certificate: client.crt", "client-key: client.key");
    }

    public void ReplaceCertificateFiles(string user, TimeSpan? validFor = null)
    {
        var client = _server.Identity.Authority.IssueClient(user, validFor);
        Write("client.crt", client.CertificatePem);
        Write("client.key", client.KeyPem);
    }

    /// <summary>
    /// A kubeconfig with an exec credential plugin: a shell script that prints what was last given here, and appends a
    /// line to <c>exec-calls</c> each time it runs.
    /// </summary>
    /// <param name="expires">Null when the credential does not say.</param>
    public string KubeconfigWithExecPlugin(string token, DateTimeOffset? expires = null)
    {
        ReplaceExecCredential(token, expires);
        var script = Write(
            "credential.sh",
            $"#!/bin/sh\necho called >>'{PathOf("exec-calls")}'\ncat '{PathOf("credential.json")}'\n"
        );
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return Kubeconfig(
            "exec:",
            "  apiVersion: client.authentication.k8s.io/v1",
            "  command: ./credential.sh",
            "  interactiveMode: Never"
        );
    }

    public void ReplaceExecCredential(string token, DateTimeOffset? expires = null)
    {
        var until = expires is { } at
            ? $",\"expirationTimestamp\":\"{at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)}\""
            : "";
        Write(
            "credential.json",
            $"{{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\"status\":{{\"token\":\"{token}\"{until}}}}}"
        );
    }

    /// <summary>How often the exec plugin has run.</summary>
    public int ExecCalls => File.Exists(PathOf("exec-calls")) ? File.ReadLines(PathOf("exec-calls")).Count() : 0;

    /// <summary>
    /// The folder that a pod has at <c>/var/run/secrets/kubernetes.io/serviceaccount</c>: token, ca.crt and namespace
    /// as links through <c>..data</c>, which is swapped in one step. Called again, it rotates all of them.
    /// </summary>
    public string ServiceAccount(string token, string ns = "kube-system")
    {
        var root = Directory.CreateDirectory(PathOf("serviceaccount")).FullName;
        var version = Directory.CreateDirectory(Path.Combine(root, ".." + Guid.NewGuid().ToString("N"))).FullName;
        File.WriteAllText(Path.Combine(version, "token"), token);
        File.WriteAllText(Path.Combine(version, "ca.crt"), _server.Identity.Authority.Pem);
        File.WriteAllText(Path.Combine(version, "namespace"), ns);
        LinkSwap.Point(Path.Combine(root, "..data"), Path.GetFileName(version));
        foreach (var name in (string[])["token", "ca.crt", "namespace"])
        {
            if (!File.Exists(Path.Combine(root, name)))
                File.CreateSymbolicLink(Path.Combine(root, name), Path.Combine("..data", name));
        }

        return root;
    }

    /// <summary>The environment that tells a client in a pod where the server is.</summary>
    public IReadOnlyDictionary<string, string> InClusterEnvironment =>
        new Dictionary<string, string>
        {
            ["KUBERNETES_SERVICE_HOST"] = _server.Host,
            ["KUBERNETES_SERVICE_PORT"] = _server.Port.ToString(CultureInfo.InvariantCulture),
        };

    private string Kubeconfig(params string[] user)
    {
        var lines = new StringBuilder();
        lines.Append("apiVersion: v1\nkind: Config\nclusters:\n- name: test\n  cluster:\n");
        lines.Append(
            CultureInfo.InvariantCulture,
            $"    server: {_server.Address.GetLeftPart(UriPartial.Authority)}\n"
        );
        lines.Append(
            CultureInfo.InvariantCulture,
            $"    certificate-authority-data: {Base64(_server.Identity.Authority.Pem)}\n"
        );
        lines.Append(CultureInfo.InvariantCulture, $"users:\n- name: {SomebodysName}\n  user:\n");
        foreach (var line in user)
            lines.Append(CultureInfo.InvariantCulture, $"    {line}\n");
        lines.Append(
            CultureInfo.InvariantCulture,
            $"contexts:\n- name: test\n  context:\n    cluster: test\n    user: {SomebodysName}\ncurrent-context: test\n"
        );
        return Write("kubeconfig", lines.ToString());
    }

    private string Write(string name, string content)
    {
        var path = PathOf(name);
        var temporary = path + ".tmp";
        File.WriteAllText(temporary, content);
        File.Move(temporary, path, overwrite: true);
        return path;
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
