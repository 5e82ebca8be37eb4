using System.Globalization;
using System.Net.Sockets;

namespace Multus.Shim;

/// <summary>
/// Lets a few waiting shims of a node hold an inotify instance, and not all of them: the kernel gives root 128 by
/// default, and when a node boots there may be a shim waiting for each of its pods while kubelet and the daemon need
/// instances to come up. A slot is a name in the abstract socket namespace: it costs no file, and the kernel takes it
/// back when the process ends.
/// </summary>
internal sealed class InotifyLease : IDisposable
{
    private const int Slots = 16;

    private readonly Socket? _name;

    private InotifyLease(Socket? name) => _name = name;

    public bool IsMine => _name is not null;

    /// <summary>Tries one slot only: who finds it taken waits without a watch, which is almost as good.</summary>
    public static InotifyLease Take()
    {
        var slot = (Environment.ProcessId % Slots).ToString(CultureInfo.InvariantCulture);
        var name = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            name.Bind(new UnixDomainSocketEndPoint($"\0multus-shim-watch-{slot}"));
            return new(name);
        }
        catch (SocketException)
        {
            name.Dispose();
            return new(null);
        }
    }

    public void Dispose() => _name?.Dispose();
}
