using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Multus.Kubernetes.Api.Configuration;

namespace Multus.Kubernetes.Certificates;

/// <summary>A kubeconfig that leads to the API server as the node: for a program that is started anew for each call,
/// as the thin plugin is. Names as upstream's.</summary>
public static class NodeKubeconfig
{
    /// <summary>The file's text, of what the bootstrap kubeconfig says now; the key is not in it.</summary>
    /// <exception cref="ApiConfigurationException">The bootstrap kubeconfig cannot be used.</exception>
    /// <exception cref="IOException">The authority's file cannot be read.</exception>
    public static string Render(NodeCertificateSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var bootstrap = Kubeconfig.Read(settings.BootstrapKubeconfig);
        var pair = CertificateStore.CurrentIn(settings.CertDir);
        var text = new StringBuilder("apiVersion: v1\nclusters:\n- cluster:\n");
        if (bootstrap.Authority is { } authority)
            Add(
                text,
                4,
                "certificate-authority-data",
                Convert.ToBase64String(Encoding.UTF8.GetBytes(authority.Read()))
            );
        if (bootstrap.SkipsTlsVerification)
            text.Append("    insecure-skip-tls-verify: true\n");
        if (bootstrap.Proxy is { } proxy)
            Add(text, 4, "proxy-url", proxy.OriginalString);
        Add(text, 4, "server", bootstrap.Server.OriginalString);
        if (bootstrap.TlsServerName is { } name)
            Add(text, 4, "tls-server-name", name);
        text.Append("  name: default-cluster\ncontexts:\n- context:\n    cluster: default-cluster\n");
        text.Append("    namespace: default\n    user: default-auth\n  name: default-context\n");
        text.Append("current-context: default-context\nkind: Config\nusers:\n- name: default-auth\n  user:\n");
        Add(text, 4, "client-certificate", pair);
        Add(text, 4, "client-key", pair);
        return text.ToString();
    }

    // A text of JSON is one of YAML, whatever is in it.
    private static void Add(StringBuilder text, int indent, string key, string value) =>
        text.Append(' ', indent)
            .Append(key)
            .Append(": \"")
            .Append(JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value)
            .Append("\"\n");
}
