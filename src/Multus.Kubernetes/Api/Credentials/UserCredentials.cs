using System.Net.Http.Headers;
using System.Text;
using k8s.Authentication;
using Microsoft.Extensions.Logging;
using Multus.Kubernetes.Api.Configuration;

namespace Multus.Kubernetes.Api.Credentials;

/// <summary>
/// The credential of one user, always as its files or its plugin have it now. The library's client asks for the header
/// of each request here.
/// </summary>
internal sealed class UserCredentials : ITokenProvider, IDisposable
{
    private readonly UserAccess _user;
    private readonly RotatingFile<string>? _tokenFile;
    private readonly RotatingFile<ClientCertificate>? _certificate;
    private readonly ExecCredentials? _exec;

    /// <exception cref="ApiConfigurationException">The user needs a program, and nobody can run it.</exception>
    public UserCredentials(
        ApiAccess access,
        IExecPluginRunner? runner,
        TimeSpan interval,
        TimeProvider time,
        ILogger log
    )
    {
        _user = access.User;
        if (_user.TokenFile is { } file)
            _tokenFile = new RotatingFile<string>(
                _ => ReadToken(file),
                interval,
                time,
                trouble => ApiLog.TokenKept(log, file, trouble)
            );
        if (_user is { Certificate: { } certificate, Key: { } key })
        {
            _certificate = new RotatingFile<ClientCertificate>(
                before => ClientCertificate.Read(certificate, key, before),
                interval,
                time,
                trouble => ApiLog.CertificateKept(log, certificate.Place, trouble)
            );
        }

        if (_user.Exec is { } plugin)
        {
            _exec = new ExecCredentials(
                access,
                plugin,
                runner
                    ?? throw new ApiConfigurationException(
                        $"{access.Source}: exec plugin {plugin.Command} cannot be run here"
                    ),
                time
            );
        }
    }

    /// <exception cref="KubernetesException">There is none to be had.</exception>
    public async ValueTask<Credential> CurrentAsync(CancellationToken cancel)
    {
        var certificate = _certificate?.Current();
        if (_exec is not null)
        {
            var made = await _exec.CurrentAsync(cancel).ConfigureAwait(false);
            return made with { Certificate = made.Certificate ?? certificate };
        }

        var token = _tokenFile?.Current() ?? _user.Token;
        return new Credential(token is not null ? Credential.Bearer(token) : LoginHeader(), certificate);
    }

    public async Task<AuthenticationHeaderValue> GetAuthenticationHeaderAsync(CancellationToken cancellationToken) =>
        // The library sends no header when there is none.
        (await CurrentAsync(cancellationToken).ConfigureAwait(false)).Authorization!;

    /// <summary>The server did not take <paramref name="refused"/>: whatever can be read or made anew is.</summary>
    public void Refuse(Credential refused)
    {
        _tokenFile?.Expire();
        _certificate?.Expire();
        _exec?.Refuse(refused);
    }

    public void Dispose() => _exec?.Dispose();

    private AuthenticationHeaderValue? LoginHeader() =>
        _user.Login is { } login
            ? new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{login.Name}:{login.Password}")))
            : null;

    private static string ReadToken(string path)
    {
        var token = File.ReadAllText(path).Trim();
        if (token.Length == 0)
            throw new FormatException($"token file {path} is empty");
        return Credential.IsToken(token)
            ? token
            : throw new FormatException($"token file {path} holds more than one token, or none");
    }
}
