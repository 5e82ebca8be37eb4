using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Multus.Kubernetes.Api.Configuration;
using Multus.Kubernetes.Api.Credentials;
using Multus.Kubernetes.Api.Json;

namespace Multus.Kubernetes.Api.Transport;

/// <summary>
/// Sends requests to one API server. Whatever goes wrong comes out as a <see cref="KubernetesException"/>, except the
/// caller's own cancellation. A refused credential is read anew once, a connection that broke is replaced once, and a
/// busy server is waited for.
/// </summary>
internal sealed class ApiTransport : IDisposable
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ExpiryMargin = TimeSpan.FromSeconds(10);

    // What stands for a status where there is none.
    private const int NotSent = -2;
    private const int NoAnswer = -1;

    private readonly ApiAccess _access;
    private readonly ApiClusterSettings _settings;
    private readonly TimeProvider _time;
    private readonly UserCredentials _credentials;
    private readonly RotatingFile<ServerTrust>? _authority;
    private readonly ConnectionPool _connections;
    private readonly SemaphoreSlim _slots;

    /// <exception cref="ApiConfigurationException">The access cannot be used.</exception>
    public ApiTransport(
        ApiAccess access,
        ApiClusterSettings settings,
        IExecPluginRunner? runner,
        Func<string, string?> environment,
        TimeProvider time,
        ILogger log
    )
    {
        _access = access;
        _settings = settings;
        _time = time;
        _credentials = new UserCredentials(access, runner, settings.CredentialInterval, time, log);
        if (access.Authority is { } authority)
        {
            _authority = new RotatingFile<ServerTrust>(
                before => ServerTrust.Read(authority, before),
                settings.CredentialInterval,
                time,
                trouble => ApiLog.AuthorityKept(log, authority.Place, trouble)
            );
        }

        _connections = new ConnectionPool(access, settings, _credentials, ProxyOf(access, environment), time, log);
        _slots = new SemaphoreSlim(settings.MaxInFlight);
    }

    /// <summary>For messages: "https://10.96.0.1:443".</summary>
    public string Server => _access.Server.GetLeftPart(UriPartial.Authority);

    /// <summary>Reads one object of the library's models, or of ours.</summary>
    /// <exception cref="KubernetesException">It could not be read.</exception>
    public Task<T> ReadAsync<T>(ApiRequest request, CancellationToken cancel)
        where T : class => SendAsync(request, KubeJson.ReadAsync<T>, cancel);

    /// <param name="read">Reads the body of an answer that is no refusal; may run more than once, each time from the
    /// beginning.</param>
    /// <exception cref="KubernetesException">It was not done, or nobody knows.</exception>
    public async Task<T> SendAsync<T>(
        ApiRequest request,
        Func<Stream, CancellationToken, Task<T>> read,
        CancellationToken cancel
    )
    {
        var began = _time.GetTimestamp();
        var mayRenewCredential = true;
        var mayReconnect = request.IsRepeatable && !request.IsWatch;
        while (true)
        {
            // A plugin takes its time, and none of the server's.
            var credential = await _credentials.CurrentAsync(cancel).ConfigureAwait(false);
            try
            {
                return await SendOnceAsync(request, credential.Certificate, read, mayRenewCredential, cancel)
                    .ConfigureAwait(false);
            }
            catch (KubernetesException e) when (e.Status == 401 && mayRenewCredential)
            {
                mayRenewCredential = false;
            }
            catch (KubernetesException e) when (e.Status == 401)
            {
                _settings.OnRefused?.Invoke();
                throw;
            }
            catch (KubernetesException e) when (WaitFor(request, e, _time.GetElapsedTime(began)) is { } wait)
            {
                await Task.Delay(wait, _time, cancel).ConfigureAwait(false);
            }
            catch (KubernetesException e) when (mayReconnect && IsBrokenConnection(e.InnerException))
            {
                mayReconnect = false;
            }
        }
    }

    /// <summary>Opens a web socket, and closes it when what is to be done over it has ended.</summary>
    /// <param name="protocols">Subprotocols, the best first.</param>
    /// <param name="converse">What is to be done.</param>
    /// <exception cref="KubernetesException">It could not be opened, or it broke.</exception>
    public async Task<T> ConverseAsync<T>(
        ApiRequest request,
        string[] protocols,
        Func<WebSocket, CancellationToken, Task<T>> converse,
        CancellationToken cancel
    )
    {
        var credential = await _credentials.CurrentAsync(cancel).ConfigureAwait(false);
        using var lease = _connections.Rent(credential.Certificate, TrustNow());
        try
        {
            using var socket = await lease.Connection.ConnectAsync(request, protocols, cancel).ConfigureAwait(false);
            return await converse(socket, cancel).ConfigureAwait(false);
        }
        catch (WebSocketException e)
        {
            cancel.ThrowIfCancellationRequested();
            var why = e.InnerException is { } cause && IsCertificateRefused(cause) ? _connections.Refusal : null;
            throw ApiErrors.Unreachable(request, Server, why, e.InnerException ?? e);
        }
    }

    /// <summary>Whether a request failed because nobody whom we trust has signed the server's certificate.</summary>
    public static bool IsServerRefused(KubernetesException e) =>
        e.InnerException is { } inner && IsCertificateRefused(inner);

    public void Dispose()
    {
        _connections.Dispose();
        _credentials.Dispose();
        _slots.Dispose();
    }

    private async Task<T> SendOnceAsync<T>(
        ApiRequest request,
        ClientCertificate? certificate,
        Func<Stream, CancellationToken, Task<T>> read,
        bool mayRenewCredential,
        CancellationToken cancel
    )
    {
        var limit = _settings.RequestTimeout;
        using var timeout = new CancellationTokenSource(limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
        var (hasSlot, status) = (false, NotSent);
        try
        {
            if (!request.IsWatch)
            {
                await _slots.WaitAsync(either.Token).ConfigureAwait(false);
                hasSlot = true;
            }

            status = NoAnswer;
            using var lease = _connections.Rent(certificate, TrustNow());
            using var response = await lease.Connection.SendAsync(request, either.Token).ConfigureAwait(false);
            status = (int)response.StatusCode;
            if (response.StatusCode == HttpStatusCode.Unauthorized && mayRenewCredential)
                // What was sent may be older than what there is.
                _credentials.Refuse(new Credential(response.RequestMessage?.Headers.Authorization, certificate));
            if (!response.IsSuccessStatusCode)
                throw await ApiErrors
                    .ReadAsync(request, response, Server, _time.GetUtcNow(), either.Token)
                    .ConfigureAwait(false);
            if (request.Lifetime is { } lifetime)
            {
                limit = LifetimeWith(certificate, lifetime);
                timeout.CancelAfter(limit);
            }

            var body = await response.Content.ReadAsStreamAsync(either.Token).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
                return await read(body, either.Token).ConfigureAwait(false);
        }
        catch (Exception e)
            when (timeout.IsCancellationRequested && !cancel.IsCancellationRequested && e is not KubernetesException)
        {
            throw ApiErrors.TimedOut(request, Server, limit, e);
        }
        catch (Exception e) when (IsTrouble(e))
        {
            cancel.ThrowIfCancellationRequested(); // a body read may end so when cancelled
            throw ApiErrors.Unreachable(request, Server, IsCertificateRefused(e) ? _connections.Refusal : null, e);
        }
        finally
        {
            if (hasSlot)
                _slots.Release();
            if (status != NotSent)
                _settings.OnAnswered?.Invoke(request.Verb, Math.Max(status, 0));
        }
    }

    /// <summary>
    /// A watch ends before the certificate that it was let in with, and its connection with it: the next one has a
    /// newer certificate. Where there is no newer one, the server decides for how long this one is good.
    /// </summary>
    private TimeSpan LifetimeWith(ClientCertificate? certificate, TimeSpan lifetime)
    {
        if (certificate is null)
            return lifetime;
        var left = certificate.Expires - _time.GetUtcNow() - ExpiryMargin;
        return left >= ExpiryMargin && left < lifetime ? left : lifetime;
    }

    private ServerTrust TrustNow() =>
        _access.SkipsTlsVerification ? ServerTrust.Anyone : _authority?.Current() ?? ServerTrust.System;

    /// <summary>How long to wait for a busy server, <c>null</c> when it is not that, or is not worth it.</summary>
    private TimeSpan? WaitFor(ApiRequest request, KubernetesException e, TimeSpan elapsed)
    {
        var isBusy = e.Status == 429 || (e.Status == 503 && e.RetryAfter is not null);
        // A busy server that says "at once" is not taken at its word.
        var wait = e.RetryAfter is { } asked && asked > ShortestWait ? asked : ShortestWait;
        return isBusy && request.MayWait && elapsed + wait <= _settings.Patience ? wait : null;
    }

    /// <summary>
    /// A cancellation that neither we nor the caller asked for is the handler's own: its connect timeout. A bare socket
    /// error comes from a connection that is reset while it is made: the handler asks it for the other end's address
    /// and does not wrap that failure.
    /// </summary>
    private static bool IsTrouble(Exception e) =>
        e
            is HttpRequestException
                or IOException
                or SocketException
                or AuthenticationException
                or JsonException
                or InvalidDataException
                or FormatException
                or OperationCanceledException;

    /// <summary>
    /// By us. Of a handshake that fails for another reason the cause is there, or it is no authentication at all that
    /// failed.
    /// </summary>
    private static bool IsCertificateRefused(Exception e) =>
        (e is HttpRequestException ? e.InnerException : e) is AuthenticationException { InnerException: null };

    /// <summary>
    /// One that had been there: a server that went away takes all requests on it along. Who refuses to be connected to
    /// will refuse again.
    /// </summary>
    private static bool IsBrokenConnection(Exception? e) =>
        e
            is HttpRequestException
                {
                    HttpRequestError: HttpRequestError.ResponseEnded
                        or HttpRequestError.HttpProtocolError
                        or HttpRequestError.InvalidResponse
                        or HttpRequestError.Unknown,
                }
                or IOException
                or SocketException;

    private static ProxyRules ProxyOf(ApiAccess access, Func<string, string?> environment)
    {
        try
        {
            return access.Proxy is { } proxy ? ProxyRules.Always(proxy) : ProxyRules.FromEnvironment(environment);
        }
        catch (FormatException e)
        {
            throw new ApiConfigurationException(e.Message, e);
        }
    }
}
