using System.Globalization;
using System.Net;

namespace Multus.Kubernetes.Api.Transport;

/// <summary>
/// Which proxy a request goes through, as programs written with client-go decide it: the scheme's variable, unless
/// NO_PROXY names the host. Lower case is looked at when upper case is not set.
/// </summary>
internal sealed class ProxyRules : IWebProxy
{
    private readonly Uri? _forHttps;
    private readonly Uri? _forHttp;
    private readonly string[] _exceptions;
    private readonly bool _isForAll;

    private ProxyRules(Uri? forHttps, Uri? forHttp, string[] exceptions, bool isForAll)
    {
        _isForAll = isForAll;
        _forHttps = forHttps;
        _forHttp = forHttp;
        _exceptions = exceptions;
    }

    public ICredentials? Credentials { get; set; }

    /// <summary>Every request through this one.</summary>
    public static ProxyRules Always(Uri proxy) =>
        new(proxy, proxy, [], isForAll: true) { Credentials = LoginOf(proxy) };

    /// <param name="environment">The value of a variable, <c>null</c> when it is not set.</param>
    /// <exception cref="FormatException">A variable's value is no proxy's address.</exception>
    public static ProxyRules FromEnvironment(Func<string, string?> environment)
    {
        var https = ProxyIn(environment, "HTTPS_PROXY");
        var http = ProxyIn(environment, "HTTP_PROXY");
        var exceptions = Value(environment, "NO_PROXY") ?? "";
        var split = exceptions.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return new ProxyRules(https, http, split, isForAll: false) { Credentials = LoginOf(https ?? http) };
    }

    public Uri? GetProxy(Uri destination) => IsExempt(destination) ? null : ForScheme(destination);

    public bool IsBypassed(Uri host) => GetProxy(host) is null;

    private Uri? ForScheme(Uri destination) => destination.Scheme == Uri.UriSchemeHttps ? _forHttps : _forHttp;

    private bool IsExempt(Uri destination)
    {
        var host = destination.IdnHost.TrimEnd('.');
        var address = IPAddress.TryParse(host.Trim('[', ']'), out var parsed) ? parsed : null;
        return !_isForAll
            && (IsLocal(host, address) || _exceptions.Any(rule => Matches(rule, host, address, destination.Port)));
    }

    private static bool IsLocal(string host, IPAddress? address) =>
        host == "localhost" || (address is not null && IPAddress.IsLoopback(address));

    private static bool Matches(string rule, string host, IPAddress? address, int port)
    {
        if (rule == "*")
            return true;
        if (TryParseNetwork(rule, out var network))
            return address is not null && network.Contains(address);
        var (name, onlyPort) = SplitPort(rule.ToLowerInvariant());
        if (onlyPort is not null && onlyPort != port)
            return false;
        if (IPAddress.TryParse(name.Trim('[', ']'), out var exact))
            return exact.Equals(address);
        if (name.StartsWith("*.", StringComparison.Ordinal))
            name = name[1..];
        return name.StartsWith('.')
            ? host.EndsWith(name, StringComparison.Ordinal)
            : host == name || host.EndsWith($".{name}", StringComparison.Ordinal);
    }

    /// <summary>With host bits too: 10.1.2.3/8 is 10.0.0.0/8.</summary>
    private static bool TryParseNetwork(string rule, out IPNetwork network)
    {
        network = default;
        var slash = rule.IndexOf('/', StringComparison.Ordinal);
        if (
            slash < 0
            || !IPAddress.TryParse(rule.AsSpan(0, slash), out var address)
            || !int.TryParse(rule.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
        )
            return false;
        var bytes = address.GetAddressBytes();
        if (length > bytes.Length * 8)
            return false;
        for (var bit = length; bit < bytes.Length * 8; bit++)
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        network = new IPNetwork(new IPAddress(bytes), length);
        return true;
    }

    private static (string Name, int? Port) SplitPort(string rule)
    {
        var colon = rule.LastIndexOf(':');
        var isBareIpv6 = colon > 0 && rule.IndexOf(':', StringComparison.Ordinal) != colon && !rule.StartsWith('[');
        var isPort =
            !isBareIpv6 && int.TryParse(rule.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _);
        return colon > 0 && isPort
            ? (rule[..colon], int.Parse(rule.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture))
            : (rule, null);
    }

    private static Uri? ProxyIn(Func<string, string?> environment, string variable)
    {
        if (Value(environment, variable) is not { } text)
            return null;
        var withScheme = text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}";
        return
            Uri.TryCreate(withScheme, UriKind.Absolute, out var proxy)
            && proxy.Scheme is "http" or "https" or "socks5" or "socks5h"
            ? AsKnown(proxy!)
            : throw new FormatException($"{variable} is '{text}', must be an address like http://proxy:3128");
    }

    private static string? Value(Func<string, string?> environment, string variable) =>
        environment(variable) is { Length: > 0 } upper ? upper
        : environment(variable.ToLowerInvariant()) is { Length: > 0 } lower ? lower
        : null;

    /// <summary>With socks5 the proxy resolves the name, which others call socks5h.</summary>
    private static Uri AsKnown(Uri proxy) =>
        proxy.Scheme == "socks5h" ? new UriBuilder(proxy) { Scheme = "socks5" }.Uri : proxy;

    private static NetworkCredential? LoginOf(Uri? proxy)
    {
        if (proxy is null || proxy.UserInfo.Length == 0)
            return null;
        var parts = proxy.UserInfo.Split(':', 2);
        return new NetworkCredential(
            Uri.UnescapeDataString(parts[0]),
            parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : ""
        );
    }
}
