using System.Runtime.InteropServices;

namespace Multus.Thin.Calls;

/// <summary>
/// SIGTERM and SIGINT give the call up instead of ending the process in the middle: an ADD is undone, and what cannot
/// be undone is on record.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _told = new();
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignals(ILogger log)
    {
        _registrations =
        [
            .. new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT }.Select(signal =>
                PosixSignalRegistration.Create(
                    signal,
                    context =>
                    {
                        context.Cancel = true;
                        ThinCallLog.ToldToStop(log, context.Signal.ToString());
                        _told.Cancel();
                    }
                )
            ),
        ];
    }

    public CancellationToken Token => _told.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _told.Dispose();
    }
}
