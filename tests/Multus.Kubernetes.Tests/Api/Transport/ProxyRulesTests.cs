using System.Net;
using Multus.Kubernetes.Api.Transport;

namespace Multus.Kubernetes.Tests.Api.Transport;

public sealed class ProxyRulesTests
{
    [Theory]
    [InlineData("https://10.96.0.1:443/", "", "http://proxy:3128/")]
    [InlineData("http://10.96.0.1/", "", null)]
    [InlineData("https://10.96.0.1/", "10.96.0.0/12", null)]
    [InlineData("https://10.96.0.1/", "10.97.1.2/12", null)] // host bits set
    [InlineData("https://10.112.0.1/", "10.96.0.0/12", "http://proxy:3128/")]
    [InlineData("https://10.96.0.1/", "a, 10.96.0.1", null)]
    [InlineData("https://10.96.0.1:443/", "10.96.0.1:443", null)]
    [InlineData("https://10.96.0.1:6443/", "10.96.0.1:443", "http://proxy:3128/")]
    [InlineData("https://[fd00::1]:6443/", "fd00::/8", null)]
    [InlineData("https://[fd00::1]:6443/", "fd00::1", null)]
    [InlineData("https://[fd00::1]:6443/", "[fd00::1]:6443", null)]
    [InlineData("https://api.corp.example/", "corp.example", null)]
    [InlineData("https://corp.example/", "corp.example", null)]
    [InlineData("https://corp.example/", ".corp.example", "http://proxy:3128/")]
    [InlineData("https://api.corp.example/", ".corp.example", null)]
    [InlineData("https://api.corp.example/", "*.corp.example", null)]
    [InlineData("https://API.Corp.Example/", "corp.EXAMPLE", null)]
    [InlineData("https://notcorp.example/", "corp.example", "http://proxy:3128/")]
    [InlineData("https://api/", "*", null)]
    [InlineData("https://127.0.0.1:6443/", "", null)]
    [InlineData("https://localhost:6443/", "", null)]
    [InlineData("https://[::1]:6443/", "", null)]
    public void Environment_decides_as_with_client_go(string destination, string noProxy, string? proxy)
    {
        var rules = ProxyRules.FromEnvironment(
            Environment(("HTTPS_PROXY", "http://proxy:3128"), ("NO_PROXY", noProxy))
        );

        Assert.Equal(proxy, rules.GetProxy(new Uri(destination))?.ToString());
        Assert.Equal(proxy is null, rules.IsBypassed(new Uri(destination)));
    }

    [Theory]
    [InlineData("https_proxy", "proxy:3128", "http://proxy:3128/")]
    [InlineData("HTTPS_PROXY", "socks5://proxy:1080", "socks5://proxy:1080/")]
    [InlineData("HTTPS_PROXY", "socks5h://proxy:1080", "socks5://proxy:1080/")]
    [InlineData("ALL_PROXY", "http://proxy:3128", null)]
    public void Variables_are_those_that_Go_knows(string name, string value, string? proxy) =>
        Assert.Equal(
            proxy,
            ProxyRules.FromEnvironment(Environment((name, value))).GetProxy(new Uri("https://api"))?.ToString()
        );

    [Fact]
    public void A_proxy_that_the_kubeconfig_names_is_for_everything() =>
        Assert.Equal(
            "http://proxy:3128/",
            ProxyRules.Always(new Uri("http://proxy:3128")).GetProxy(new Uri("https://127.0.0.1"))?.ToString()
        );

    [Fact]
    public void Name_and_password_come_from_the_proxys_address()
    {
        var login = Assert.IsType<NetworkCredential>(
            ProxyRules.Always(new Uri("http://us%40er:p%3Aw@proxy:3128")).Credentials
        );
        Assert.Equal(("us@er", "p:w"), (login.UserName, login.Password));
    }

    [Theory]
    [InlineData("ftp://proxy")]
    [InlineData("http://")]
    public void What_is_no_proxy_is_refused_by_name(string value) =>
        Assert.Contains(
            "HTTPS_PROXY",
            Assert
                .Throws<FormatException>(() => ProxyRules.FromEnvironment(Environment(("HTTPS_PROXY", value))))
                .Message,
            StringComparison.Ordinal
        );

    private static Func<string, string?> Environment(params (string Name, string Value)[] variables) =>
        name => variables.FirstOrDefault(variable => variable.Name == name).Value;
}
