namespace Multus.Linux.Processes;

/// <summary>
/// The two process-wide signal dispositions on which running children relies; both are what .NET sets up anyway, unless
/// it was started oddly.
/// </summary>
internal static unsafe class SignalSetup
{
    private const nint Default = 0;
    private const nint Ignore = 1;

    // Struct sigaction is 152 bytes with glibc and musl; its first member is the handler.
    private const int ActionSize = 256;

    public static void Ensure()
    {
        // A write to a plugin that has closed its stdin must be an error, not our death.
        if (HandlerOf(ProcessCalls.SignalPipe) == Default)
            _ = ProcessCalls.Signal(ProcessCalls.SignalPipe, Ignore);

        // Inherited from a careless parent, an ignored SIGCHLD makes the kernel throw exit statuses away.
        if (HandlerOf(ProcessCalls.SignalChild) == Ignore)
            _ = ProcessCalls.Signal(ProcessCalls.SignalChild, Default);
    }

    private static nint HandlerOf(int signal)
    {
        var action = stackalloc byte[ActionSize];
        return ProcessCalls.SignalAction(signal, null, action) == 0 ? *(nint*)action : -1;
    }
}
