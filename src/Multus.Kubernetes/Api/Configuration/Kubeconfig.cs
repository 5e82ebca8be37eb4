using System.Collections.Immutable;
using System.Text;
using Multus.Kubernetes.Api.Credentials;
using Multus.Kubernetes.Folder;

namespace Multus.Kubernetes.Api.Configuration;

/// <summary>
/// Reads one context of a kubeconfig file. What we cannot do for a user is refused, not passed over: it would act as
/// somebody else.
/// </summary>
public sealed class Kubeconfig
{
    private readonly string _path;
    private readonly string _context;

    private Kubeconfig(string path, string context)
    {
        _path = path;
        _context = context;
    }

    private string Source => $"kubeconfig {_path}, context {_context}";

    /// <param name="context"><c>null</c>: the file's current-context.</param>
    /// <exception cref="ApiConfigurationException">The file cannot be read, or does not say enough.</exception>
    public static ApiAccess Read(string path, string? context = null)
    {
        try
        {
            var root = RootOf(path);
            var name =
                context
                ?? root.Text("current-context")
                ?? throw new ApiConfigurationException($"kubeconfig {path}: current-context is missing or empty");
            return new Kubeconfig(Path.GetFullPath(path), name).ReadContext(root);
        }
        catch (ManifestException bad)
        {
            throw new ApiConfigurationException($"kubeconfig {path}, line {bad.Line}: {bad.Message}", bad);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ApiConfigurationException($"kubeconfig {path} cannot be read: {e.Message}", e);
        }
    }

    private static ManifestFields RootOf(string path) =>
        YamlDocuments.Parse(File.ReadAllText(path)) is [var document, ..]
            ? ManifestFields.Of(document, "the file")
            : throw new ApiConfigurationException($"kubeconfig {path} is empty");

    private ApiAccess ReadContext(ManifestFields root)
    {
        var context = Named(root, "contexts", _context).Map("context");
        var cluster = Named(root, "clusters", context.RequiredText("cluster")).Map("cluster");
        var user = context.Text("user") is { } name ? Named(root, "users", name).OptionalMap("user") : null;

        var authority = Pem(cluster, "certificate-authority");
        var skipsVerification = cluster.Flag("insecure-skip-tls-verify");
        if (skipsVerification && authority is not null)
            throw Invalid(
                "insecure-skip-tls-verify is true beside a certificate-authority: one of the two is not meant; "
                    + "remove it"
            );
        return new ApiAccess(
            Source,
            ServerOf(cluster),
            authority,
            skipsVerification,
            cluster.Text("tls-server-name"),
            ProxyOf(cluster),
            user is null ? new UserAccess() : UserOf(user)
        );
    }

    private ManifestFields Named(ManifestFields root, string list, string name)
    {
        foreach (var item in root.Items(list))
        {
            var fields = ManifestFields.Of(item, $"the item of {list}");
            if (fields.Text("name") == name)
                return fields;
        }

        var known = root.Items(list).Select(item => ManifestFields.Of(item, $"the item of {list}").Text("name"));
        throw Invalid($"{list} has no '{name}', only: {string.Join(", ", known)}");
    }

    private Uri ServerOf(ManifestFields cluster)
    {
        var text = cluster.RequiredText("server");
        return Uri.TryCreate(text, UriKind.Absolute, out var server) && server.Scheme is "https" or "http"
            ? server!
            : throw Invalid($"server is '{text}', must be an address like https://10.0.0.1:6443");
    }

    private Uri? ProxyOf(ManifestFields cluster)
    {
        if (cluster.Text("proxy-url") is not { } text)
            return null;
        return Uri.TryCreate(text, UriKind.Absolute, out var proxy) && proxy.Scheme is "http" or "https" or "socks5"
            ? proxy
            : throw Invalid($"proxy-url is '{text}', must begin with http://, https:// or socks5://");
    }

    private UserAccess UserOf(ManifestFields user)
    {
        foreach (var key in (string[])["auth-provider", "as", "as-uid", "as-groups", "as-user-extra"])
        {
            if (user.Has(key))
                throw Invalid($"user key {key} is not supported; use a token, a client certificate or exec");
        }

        var certificate = Pem(user, "client-certificate");
        var privateKey = Pem(user, "client-key");
        if (certificate is null != privateKey is null)
            throw Invalid(
                $"{(certificate is null ? "client-certificate" : "client-key")} is missing: certificate and key "
                    + "belong together"
            );
        if (user.Text("token") is { } token && !Credential.IsToken(token))
            throw Invalid("token holds more than one token, or none");
        var tokenFile = user.Text("tokenFile") is { } file ? FullPathOf(file) : null;
        return new UserAccess(certificate, privateKey, user.Text("token"), tokenFile, LoginOf(user), ExecOf(user));
    }

    private static BasicLogin? LoginOf(ManifestFields user) =>
        user.Text("username") is { } name ? new BasicLogin(name, user.Text("password") ?? "") : null;

    private ExecPlugin? ExecOf(ManifestFields user)
    {
        if (user.OptionalMap("exec") is not { } exec)
            return null;
        var version = exec.RequiredText("apiVersion");
        if (version is not ("client.authentication.k8s.io/v1" or "client.authentication.k8s.io/v1beta1"))
            throw Invalid(
                $"exec.apiVersion is '{version}', must be client.authentication.k8s.io/v1 or "
                    + "client.authentication.k8s.io/v1beta1"
            );
        if (exec.Text("interactiveMode") is "Always")
            throw Invalid("exec.interactiveMode is Always: a daemon has nobody to ask");
        if (exec.Text("interactiveMode") is { } mode and not ("Never" or "IfAvailable"))
            throw Invalid($"exec.interactiveMode is '{mode}', must be Never or IfAvailable");

        var command = exec.RequiredText("command");
        var variables = exec.Items("env");
        return new ExecPlugin(
            version,
            command.Contains('/', StringComparison.Ordinal) ? FullPathOf(command) : command,
            exec.TextItems("args"),
            EnvironmentOf(variables),
            exec.Flag("provideClusterInfo"),
            exec.Text("installHint")
        );
    }

    private static ImmutableArray<KeyValuePair<string, string>> EnvironmentOf(IReadOnlyList<ManifestNode> variables)
    {
        var environment = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>(variables.Count);
        foreach (var variable in variables.Select(item => ManifestFields.Of(item, "the item of exec.env")))
            environment.Add(new(variable.RequiredText("name"), variable.Text("value") ?? ""));
        return environment.MoveToImmutable();
    }

    /// <summary>As kubectl: what is inline counts before what is in a file.</summary>
    private PemSource? Pem(ManifestFields fields, string key)
    {
        if (fields.Text($"{key}-data") is not { } data)
            return fields.Text(key) is { } file ? new PemSource.InFile(FullPathOf(file)) : null;
        try
        {
            return new PemSource.Inline(
                $"{key}-data of {Source}",
                Encoding.UTF8.GetString(Convert.FromBase64String(data))
            );
        }
        catch (FormatException)
        {
            throw Invalid($"{key}-data is not base64");
        }
    }

    private string FullPathOf(string path) => Path.Combine(Path.GetDirectoryName(_path)!, path);

    private ApiConfigurationException Invalid(string problem) => new($"{Source}: {problem}");
}
