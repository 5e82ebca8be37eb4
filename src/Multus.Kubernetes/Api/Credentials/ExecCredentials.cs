using Multus.Kubernetes.Api.Configuration;

namespace Multus.Kubernetes.Api.Credentials;

/// <summary>Asks the plugin once for all who need a credential, and again when it has expired or was refused.</summary>
internal sealed class ExecCredentials(ApiAccess access, ExecPlugin plugin, IExecPluginRunner runner, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _oneRun = new(1, 1);
    private ExecCredential? _current;

    /// <exception cref="KubernetesException">The plugin gave none.</exception>
    public async ValueTask<Credential> CurrentAsync(CancellationToken cancel)
    {
        if (_current is { } known && !IsExpired(known))
            return known.Credential;
        await _oneRun.WaitAsync(cancel);
        try
        {
            if (_current is { } meanwhile && !IsExpired(meanwhile))
                return meanwhile.Credential;
            var made = await RunAsync(cancel);
            _current = made;
            return made.Credential;
        }
        finally
        {
            _oneRun.Release();
        }
    }

    /// <summary>What was made after <paramref name="refused"/> stays: many requests may be refused at once.</summary>
    public void Refuse(Credential refused)
    {
        var current = _current;
        if (current is not null && (current.Credential == refused || current.Credential.Authorization == refused.Authorization))
            Interlocked.CompareExchange(ref _current, null, current);
    }

    public void Dispose() => _oneRun.Dispose();

    private bool IsExpired(ExecCredential credential) => credential.Expires <= time.GetUtcNow();

    private async Task<ExecCredential> RunAsync(CancellationToken cancel)
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
            throw Failed($"exit code {end.ExitCode}: {end.Stderr.Trim()}", null);
        try
        {
            return ExecCredentialCodec.Parse(end.Stdout, plugin, _current?.Credential.Certificate);
        }
        catch (FormatException e)
        {
            throw Failed(e.Message, e);
        }
    }

    private KubernetesException Failed(string reason, Exception? inner)
    {
        var message = $"credential plugin {plugin.Command} of {access.Source}: {reason}";
        return inner is null ? new KubernetesException(message, isTransient: true) : new KubernetesException(message, isTransient: true, inner);
    }
}
