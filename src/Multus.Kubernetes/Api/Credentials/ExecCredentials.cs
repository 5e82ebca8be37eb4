using Multus.Kubernetes.Api.Configuration;

namespace Multus.Kubernetes.Api.Credentials;

/// <summary>
/// Asks the plugin once for all who need a credential, and again when it has expired or was refused. One run at a time,
/// and who comes meanwhile gets its outcome, a failure too: a hundred requests are no reason to run a plugin that fails
/// a hundred times.
/// </summary>
internal sealed class ExecCredentials(ApiAccess access, ExecPlugin plugin, IExecPluginRunner runner, TimeProvider time)
    : IDisposable
{
    private const int MaxShownCharacters = 512;

    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new(); // guards the two below
    private ExecCredential? _current;
    private Task<ExecCredential>? _running;

    /// <exception cref="KubernetesException">The plugin gave none.</exception>
    /// <param name="cancel">Ends this caller's waiting, not the run, which others may wait for.</param>
    public async ValueTask<Credential> CurrentAsync(CancellationToken cancel)
    {
        Task<ExecCredential> running;
        lock (_gate)
        {
            if (_current is { } known && !IsExpired(known))
                return known.Credential;
            running = _running ??= RunForAllAsync(_current?.Credential.Certificate);
        }

        return (await running.WaitAsync(cancel)).Credential;
    }

    /// <summary>What was made after <paramref name="refused"/> stays: many requests may be refused at once.</summary>
    public void Refuse(Credential refused)
    {
        lock (_gate)
        {
            var isIt =
                _current?.Credential is { } current
                && (
                    current == refused
                    || (current.Authorization is not null && current.Authorization.Equals(refused.Authorization))
                );
            if (isIt)
                _current = null;
        }
    }

    /// <summary>A run that is under way is ended.</summary>
    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private bool IsExpired(ExecCredential credential) => credential.Expires <= time.GetUtcNow();

    private async Task<ExecCredential> RunForAllAsync(ClientCertificate? before)
    {
        var stopping = _stopping.Token;
        await Task.Yield(); // the plugin must not be started under the lock, nor end before _running is set
        try
        {
            var made = await RunAsync(before, stopping);
            lock (_gate)
                _current = made;
            return made;
        }
        finally
        {
            lock (_gate)
                _running = null;
        }
    }

    private async Task<ExecCredential> RunAsync(ClientCertificate? before, CancellationToken cancel)
    {
        var info = KeyValuePair.Create("KUBERNETES_EXEC_INFO", ExecCredentialCodec.Request(access, plugin));
        ExecPluginEnd end;
        try
        {
            end = await runner.RunAsync(plugin with { Environment = plugin.Environment.Add(info) }, cancel);
        }
        catch (IOException e)
        {
            var hint = plugin.InstallHint is { } text ? $"; {text}" : "";
            throw Failed($"{e.Message}{hint}", e);
        }

        if (end.ExitCode != 0)
            throw Failed($"exit code {end.ExitCode}: {Shortened(end.Stderr.Trim())}", null);
        try
        {
            return ExecCredentialCodec.Parse(end.Stdout, plugin, before);
        }
        catch (FormatException e)
        {
            throw Failed(e.Message, e);
        }
    }

    // Where a traceback ends is what it is about.
    private static string Shortened(string text) =>
        text.Length <= MaxShownCharacters ? text : $"…{text[^MaxShownCharacters..]}";

    private KubernetesException Failed(string reason, Exception? inner)
    {
        var message = $"credential plugin {plugin.Command} of {access.Source}: {reason}";
        return inner is null
            ? new KubernetesException(message, isTransient: true)
            : new KubernetesException(message, isTransient: true, inner);
    }
}
