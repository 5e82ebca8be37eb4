using System.Security.Cryptography;

namespace Multus.Kubernetes.Api.Credentials;

/// <summary>
/// A value that is made of files which others replace. It is read again at most once per interval; while the files are
/// missing or half written, the last good value stays.
/// </summary>
/// <param name="read">Gets the value so far and returns it when the files say the same.</param>
/// <param name="onKept">Told once for each different trouble.</param>
internal sealed class RotatingFile<T>(Func<T?, T> read, TimeSpan interval, TimeProvider time, Action<string> onKept)
    where T : class
{
    private readonly Lock _gate = new();
    private T? _value;
    private long _readAt;
    private bool _isStale = true;
    private string? _trouble;

    /// <exception cref="KubernetesException">It could not be read, and never was. Passing: the files may
    /// come.</exception>
    public T Current()
    {
        lock (_gate)
        {
            if (_isStale || time.GetElapsedTime(_readAt) >= interval)
                ReadAgain_NeedsLock();
            return _value ?? throw new KubernetesException(_trouble!, isTransient: true);
        }
    }

    /// <summary>The next <see cref="Current"/> reads.</summary>
    public void Expire()
    {
        lock (_gate)
            _isStale = true;
    }

    private void ReadAgain_NeedsLock()
    {
        try
        {
            _value = read(_value);
            _trouble = null;
        }
        catch (Exception e)
            when (e
                    is IOException
                        or UnauthorizedAccessException
                        or CryptographicException
                        or ArgumentException
                        or FormatException
            )
        {
            if (_value is not null && _trouble != e.Message)
                onKept(e.Message);
            _trouble = e.Message;
        }

        _readAt = time.GetTimestamp();
        _isStale = false;
    }
}
