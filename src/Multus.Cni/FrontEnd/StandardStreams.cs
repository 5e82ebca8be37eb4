using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Multus.Cni.FrontEnd;

/// <summary>
/// The three descriptors a CNI plugin talks through. Without <see cref="Console"/>, whose encodings, terminal and
/// signal handling cost more than everything else that a
/// plugin does.
/// </summary>
public static class StandardStreams
{
    private const int FirstRead = 16 * 1024;

    /// <param name="most">Bytes that it may have.</param>
    /// <exception cref="CniException">Code 5: stdin cannot be read; code 7: it is longer than any
    /// configuration.</exception>
    public static ReadOnlyMemory<byte> ReadConfiguration(int most)
    {
        try
        {
            using var stdin = new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);
            var buffer = new byte[FirstRead];
            var length = 0;
            for (int read; (read = stdin.Read(buffer, length, buffer.Length - length)) > 0; )
            {
                length += read;
                if (length > most)
                    throw new CniException(
                        CniErrorCode.InvalidNetworkConfig,
                        $"stdin: a CNI configuration has at most {most} bytes"
                    );
                if (length == buffer.Length)
                    Array.Resize(ref buffer, buffer.Length * 2);
            }

            // Editors of other systems put a byte order mark first; it is not for the daemon, which may be another
            // than ours.
            var text = buffer.AsMemory(0, length);
            return text.Span.StartsWith("\uFEFF"u8) ? text[3..] : text;
        }
        catch (Exception unreadable) when (IsClosed(unreadable))
        {
            throw new CniException(
                new CniError(CniErrorCode.Io, $"cannot read the CNI configuration from stdin: {unreadable.Message}"),
                unreadable
            );
        }
    }

    /// <summary>The result of the verb, for the runtime to parse.</summary>
    public static void Print(ReadOnlySpan<byte> output) => Write(1, output);

    /// <summary>
    /// One line for whoever reads the runtime's log. What was done stays done when nobody takes the line.
    /// </summary>
    public static void Say(string line)
    {
        try
        {
            Write(2, Encoding.UTF8.GetBytes(line + "\n"));
        }
        catch (Exception closed) when (IsClosed(closed))
        {
            // stderr is closed: there is no third place to complain in, and a DEL that is kept must not fail for it
        }
    }

    /// <summary>
    /// Prints the error object, indented by four spaces as upstream prints it; returns the exit status.
    /// </summary>
    public static int Fail(CniError error, string program)
    {
        try
        {
            Print(error.ToJson(indented: true));
        }
        catch (Exception closed) when (IsClosed(closed))
        {
            Say($"{program}: stdout takes nothing ({closed.Message}); the error was: {error.Text}");
        }

        return 1;
    }

    private static bool IsClosed(Exception error) =>
        error is IOException or UnauthorizedAccessException or ArgumentException;

    private static void Write(int descriptor, ReadOnlySpan<byte> bytes)
    {
        using var stream = new FileStream(
            new SafeFileHandle(descriptor, ownsHandle: false),
            FileAccess.Write,
            bufferSize: 0
        );
        stream.Write(bytes);

        // FileStream writes to a regular file by position and leaves the descriptor's offset alone; asking for the
        // handle moves it along, so that who writes to the same file next does not overwrite this.
        _ = stream.SafeFileHandle;
    }
}
