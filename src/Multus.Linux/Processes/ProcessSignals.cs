using System.Runtime.InteropServices;
using Multus.Linux.Native;

namespace Multus.Linux.Processes;

/// <summary>
/// Signals to exactly the process that a descriptor was opened for (pidfd_send_signal(2)). A number is given to
/// somebody else once its process has been reaped; a descriptor then answers ESRCH.
/// </summary>
internal static class ProcessSignals
{
    private const int ToProcess = 0;
    private const int ToGroup = 4; // PIDFD_SIGNAL_PROCESS_GROUP, Linux 6.9: the group that the process leads or led
    private const int OnlyAsk = 0;

    /// <summary>A descriptor for whoever has this number now; invalid, with errno set, when nobody has.</summary>
    public static Descriptor Open(int pid) =>
        new((int)ProcessCalls.SystemCall(ProcessCalls.SystemCallPidfdOpen, pid, 0));

    /// <summary>Whether its number still belongs to it: it runs, or has ended and was not reaped.</summary>
    public static bool IsThere(int pidDescriptor) => Send(pidDescriptor, OnlyAsk, ToProcess) == 0;

    /// <summary>
    /// Kills the group that a process leads, or led until it was reaped, and the process itself, should it have gone to
    /// another group. 0 when that reached anybody, else errno.
    /// </summary>
    public static int KillGroup(int pid, int pidDescriptor)
    {
        var errno = Send(pidDescriptor, ProcessCalls.SignalKill, ToGroup);
        return errno == Errno.EINVAL ? KillGroupByNumber(pid, pidDescriptor) : WithLeader(pidDescriptor, errno);
    }

    /// <summary>
    /// The same on a kernel that has no such signal. A group whose leader has been reaped is left alone: nothing then
    /// says whose number it is. That it is reaped between the question and the signal is not excluded for a process
    /// that is no child of ours; its number is not given out again that soon.
    /// </summary>
    public static int KillGroupByNumber(int pid, int pidDescriptor)
    {
        if (!IsThere(pidDescriptor))
            return Errno.ESRCH;

        return WithLeader(
            pidDescriptor,
            ProcessCalls.Kill(-pid, ProcessCalls.SignalKill) == 0 ? 0 : Marshal.GetLastPInvokeError()
        );
    }

    private static int WithLeader(int pidDescriptor, int errnoOfGroup)
    {
        var errno = Send(pidDescriptor, ProcessCalls.SignalKill, ToProcess);
        return errnoOfGroup == 0 ? 0 : errno;
    }

    private static int Send(int pidDescriptor, int signal, int whom) =>
        ProcessCalls.SystemCall(ProcessCalls.SystemCallPidfdSendSignal, pidDescriptor, signal, 0, whom) == 0
            ? 0
            : Marshal.GetLastPInvokeError();
}
