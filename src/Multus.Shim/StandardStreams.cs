using Microsoft.Win32.SafeHandles;
using Multus.Cni;
using Multus.Wire;
using System.Text;

namespace Multus.Shim;

/// <summary>
/// The three descriptors a CNI plugin talks through. Without <see cref="Console"/>, whose encodings, terminal and signal handling cost
/// more than everything else that the shim does.
/// </summary>
internal static class StandardStreams
{
    private const int FirstRead = 16 * 1024;

    /// <exception cref="CniException">Code 5: stdin cannot be read; code 7: it is longer than any configuration.</exception>
    public static ReadOnlyMemory<byte> ReadConfiguration()
    {
        try
        {
            using var stdin = new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);
            var buffer = new byte[FirstRead];
            var length = 0;
            for (int read; (read = stdin.Read(buffer, length, buffer.Length - length)) > 0;)
            {
                length += read;
                if (length > WireLimits.MaxConfigBytes)
                    throw new CniException(CniErrorCode.InvalidNetworkConfig, $"the CNI configuration on stdin is longer than {WireLimits.MaxConfigBytes} bytes");
                if (length == buffer.Length)
                    Array.Resize(ref buffer, buffer.Length * 2);
            }

            return buffer.AsMemory(0, length);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CniException(new CniError(CniErrorCode.Io, $"cannot read the CNI configuration from stdin: {unreadable.Message}"), unreadable);
        }
    }

    /// <summary>The result of the verb, for the runtime to parse.</summary>
    public static void Print(ReadOnlySpan<byte> output) => Write(1, output);

    /// <summary>One line for whoever reads the runtime's log.</summary>
    public static void Say(string line) => Write(2, Encoding.UTF8.GetBytes(line + "\n"));

    /// <summary>Prints the error object, indented by four spaces as upstream prints it; returns the exit status.</summary>
    public static int Fail(CniError error)
    {
        Print(error.ToJson(indented: true));
        return 1;
    }

    private static void Write(int descriptor, ReadOnlySpan<byte> bytes)
    {
        using var stream = new FileStream(new SafeFileHandle(descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        stream.Write(bytes);

        // FileStream writes to a regular file by position and leaves the descriptor's offset alone; asking for the handle moves it along,
        // so that who writes to the same file next does not overwrite this.
        _ = stream.SafeFileHandle;
    }
}
