using Multus.Linux.Files;

namespace Multus.Host.Runtimes;

/// <summary>
/// The file by which the container runtime calls Multus. It is put back whenever it is missing: upstream's terminating
/// pod takes it away after it was written, and pods would come up with the cluster network alone while everything else
/// looks well. One that is there is nobody's business here, whatever is in it.
/// </summary>
/// <param name="source">What it says: key <c>runtimeConfigFile</c>.</param>
/// <param name="folder">Where the runtime looks: key <c>runtimeConfigDir</c>.</param>
/// <param name="onPutBack">Told of each time, in words.</param>
internal sealed class RuntimeConfiguration(
    string source,
    string folder,
    Action<string> onPutBack,
    TimeProvider time,
    ILogger log
) : IHostedService, IDisposable
{
    /// <summary>
    /// How often it is looked for. A look is one question to the file system, whoever has it on whatever file system; a
    /// watch is silent on some.
    /// </summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _path = Path.Combine(folder, Path.GetFileName(source));
    private ITimer? _ticks;
    private int _isLooking;
    private string _lastTrouble = "";

    /// <summary>What is wrong with it now, for whoever asks whether the node is ready; none when it is there.</summary>
    public IReadOnlyList<string> Faults =>
        File.Exists(_path)
            ? []
            :
            [
                $"{_path} is not there, so the container runtime does not call Multus: "
                    + $"{(_lastTrouble.Length > 0 ? _lastTrouble : "it is about to be put back")}",
            ];

    /// <summary>Puts it back if it is missing, now and from now on.</summary>
    public Task StartAsync(CancellationToken cancel)
    {
        Look();
        _ticks = time.CreateTimer(_ => Look(), null, Interval, Interval);
        return Task.CompletedTask;
    }

    /// <summary>Whoever takes the file away after this wants it away.</summary>
    public Task StopAsync(CancellationToken cancel)
    {
        _ticks?.Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _ticks?.Dispose();

    private void Look()
    {
        if (Interlocked.Exchange(ref _isLooking, 1) != 0)
            return; // a slow disk: the look before this is not done

        try
        {
            if (!File.Exists(_path))
                PutBack();
        }
        finally
        {
            Volatile.Write(ref _isLooking, 0);
        }
    }

    private void PutBack()
    {
        try
        {
            DurableFile.Replace(_path, RegularFile.Read(source), FileMode);
            HostLog.RuntimeConfigurationPutBack(log, _path, source);
            onPutBack(
                $"{_path}, by which the container runtime calls Multus, was missing and is put back; pods that "
                    + "were made meanwhile have the cluster network only"
            );
            _lastTrouble = "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (_lastTrouble != e.Message)
                HostLog.RuntimeConfigurationMissing(log, _path, source, e.Message);
            _lastTrouble = e.Message;
        }
    }
}
