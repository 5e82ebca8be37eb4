using Multus.Kubernetes.Api.Configuration;
using Multus.TestSupport;

namespace Multus.Kubernetes.Tests.Api.Configuration;

public sealed class KubeconfigTests : IDisposable
{
    private const string Rest = """
        contexts:
        - name: node
          context: {cluster: main, user: multus}
        - name: other
          context: {cluster: main, user: nobody}
        current-context: node
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_current_context_counts()
    {
        var access = Read(
            "server: https://10.0.0.1:6443/k8s/c1\n    tls-server-name: kube\n    proxy-url: socks5://p:1080",
            "token: abc"
        );

        Assert.Equal("https://10.0.0.1:6443/k8s/c1", access.Server.ToString());
        Assert.Equal(
            ("kube", "socks5://p:1080/", "abc"),
            (access.TlsServerName, access.Proxy?.ToString(), access.User.Token)
        );
        Assert.Null(access.Authority);
        Assert.Equal($"kubeconfig {_folder["kubeconfig"]}, context node", access.Source);
    }

    [Fact]
    public void Another_context_can_be_named() =>
        Assert.Null(Kubeconfig.Read(Write("server: https://a", "token: abc"), "other").User.Token);

    [Fact]
    public void Finding_3_files_are_relative_to_the_kubeconfig()
    {
        var access = Read(
            "server: https://a\n    certificate-authority: pki/ca.crt",
            "client-certificate: /abs/c.crt\n    client-key: c.key\n    tokenFile: ../token"
        );

        Assert.Equal(_folder["pki/ca.crt"], access.Authority?.Place);
        Assert.Equal(("/abs/c.crt", _folder["c.key"]), (access.User.Certificate?.Place, access.User.Key?.Place));
        Assert.Equal(_folder["../token"], access.User.TokenFile);
    }

    [Fact]
    public void Inline_data_counts_before_a_file() =>
        Assert.Equal(
            "hello",
            Assert
                .IsType<PemSource.Inline>(
                    Read(
                        "server: https://a\n    certificate-authority: x\n    certificate-authority-data: aGVsbG8=",
                        "token: a"
                    ).Authority
                )
                .Pem
        );

    [Fact]
    public void Finding_4_an_exec_plugin_has_all_its_parts()
    {
        var exec = Read(
            "server: https://a",
            """
            exec:
                  apiVersion: client.authentication.k8s.io/v1beta1
                  command: bin/login
                  args: [get, "--region=x"]
                  env: [{name: A, value: "1"}]
                  provideClusterInfo: true
                  installHint: install it
                  interactiveMode: IfAvailable
            """
        ).User.Exec!;

        Assert.Equal(
            ("client.authentication.k8s.io/v1beta1", _folder["bin/login"], true, "install it"),
            (exec.ApiVersion, exec.Command, exec.GetsClusterInfo, exec.InstallHint)
        );
        Assert.Equal(["get", "--region=x"], exec.Arguments.AsEnumerable());
        Assert.Equal([KeyValuePair.Create("A", "1")], exec.Environment.AsEnumerable());
    }

    /// <summary>To pass it over would be to act as somebody else.</summary>
    [Theory]
    [InlineData("as: root")]
    [InlineData("as-uid: '0'")]
    [InlineData("as-groups: [system:masters]")]
    [InlineData("as-user-extra: {reason: [none]}")]
    public void Finding_5_who_is_to_act_as_somebody_else_is_refused(string impersonation) =>
        Assert.Contains(
            $"user key {impersonation.Split(':')[0]} is not supported",
            Assert
                .Throws<ApiConfigurationException>(() => Read("server: https://a", $"token: a\n    {impersonation}"))
                .Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Finding_8_a_user_with_nothing_in_it_is_anonymous() =>
        Assert.Equal("anonymous", Read("server: https://a", "{}").User.ToString());

    [Theory]
    [InlineData("token: \"a b\"")]
    [InlineData("token: \"a\\n\"")]
    public void A_token_that_no_header_can_carry_is_refused_without_being_shown(string token)
    {
        var message = Assert.Throws<ApiConfigurationException>(() => Read("server: https://a", token)).Message;

        Assert.Contains("token holds more than one token", message, StringComparison.Ordinal);
        Assert.DoesNotContain("a b", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Secrets_are_not_in_what_is_printed()
    {
        var access = Read("server: https://a", "username: me\n    password: secret\n    token: secret");
        Assert.Equal(("secret", "secret"), (access.User.Login?.Password, access.User.Token));
        Assert.DoesNotContain("secret", access.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "token: a", "'cluster.server' is missing")]
    [InlineData("server: 10.0.0.1", "token: a", "server is '10.0.0.1', must be an address like https://10.0.0.1:6443")]
    [InlineData(
        "server: https://a\n    certificate-authority-data: '%%'",
        "token: a",
        "certificate-authority-data is not base64"
    )]
    [InlineData(
        "server: https://a\n    certificate-authority: x\n    insecure-skip-tls-verify: true",
        "token: a",
        "insecure-skip-tls-verify is true beside"
    )]
    [InlineData(
        "server: https://a\n    insecure-skip-tls-verify: \"yes\"",
        "token: a",
        "'cluster.insecure-skip-tls-verify' is a string, must be true or false"
    )]
    [InlineData("server: https://a\n    proxy-url: ftp://p", "token: a", "proxy-url is 'ftp://p'")]
    [InlineData("server: https://a", "client-certificate: x", "client-key is missing")]
    [InlineData("server: https://a", "auth-provider: {name: gcp}", "user key auth-provider is not supported")]
    [InlineData("server: https://a", "token: a\n    as: root", "user key as is not supported")]
    [InlineData(
        "server: https://a",
        "exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: x}",
        "exec.apiVersion is 'client.authentication.k8s.io/v1alpha1'"
    )]
    [InlineData(
        "server: https://a",
        "exec: {apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Always}",
        "a daemon has nobody to ask"
    )]
    [InlineData(
        "server: https://a",
        "exec: {apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Sometimes}",
        "must be Never or IfAvailable"
    )]
    public void What_cannot_be_used_is_named_with_its_file(string cluster, string user, string problem)
    {
        var message = Assert.Throws<ApiConfigurationException>(() => Read(cluster, user)).Message;
        Assert.Contains(problem, message, StringComparison.Ordinal);
        Assert.Contains(_folder["kubeconfig"], message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nope", "contexts has no 'nope', only: node, other")]
    [InlineData("other", "users has no 'nobody', only: multus")]
    public void A_name_that_is_not_there_is_answered_with_those_that_are(string context, string problem) =>
        Assert.Contains(
            problem,
            Assert
                .Throws<ApiConfigurationException>(() =>
                    Kubeconfig.Read(Write("server: https://a", "token: a", withNobody: false), context)
                )
                .Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("a: [", "not YAML")]
    [InlineData("a: b", "current-context is missing")]
    public void Edge_145_a_file_that_is_no_kubeconfig_is_refused(string text, string problem) =>
        Assert.Contains(
            problem,
            Assert.Throws<ApiConfigurationException>(() => Kubeconfig.Read(_folder.File("kubeconfig", text))).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_file_that_is_not_there_is_named() =>
        Assert.Contains(
            _folder["none"],
            Assert.Throws<ApiConfigurationException>(() => Kubeconfig.Read(_folder["none"])).Message,
            StringComparison.Ordinal
        );

    private ApiAccess Read(string cluster, string user) => Kubeconfig.Read(Write(cluster, user));

    private string Write(string cluster, string user, bool withNobody = true) =>
        _folder.File(
            "kubeconfig",
            $"""
            clusters:
            - name: main
              cluster:
                {(cluster.Length == 0 ? "x: y" : cluster)}
            users:
            - name: multus
              user:
                {user}
            {(withNobody ? "- name: nobody" : "")}
            {Rest}
            """
        );
}
