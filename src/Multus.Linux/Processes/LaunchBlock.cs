using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;

namespace Multus.Linux.Processes;

/// <summary>
/// Path, arguments and environment as execve wants them, in one piece of native memory:
/// <c>[path, arguments…, null, "K=V" pointers…, null]</c>, then the bytes of all strings, each closed by a zero byte.
/// </summary>
internal readonly unsafe ref struct LaunchBlock
{
    private readonly byte** _pointers;
    private readonly byte** _environment;

    public LaunchBlock(
        string path,
        ImmutableArray<string> arguments,
        ImmutableArray<KeyValuePair<string, string>> environment
    )
    {
        var pointerCount = 1 + arguments.Length + 1 + environment.Length + 1;
        var size = pointerCount * sizeof(byte*) + ByteCount(path, arguments, environment);
        _pointers = (byte**)NativeMemory.Alloc((nuint)size);

        var text = new Span<byte>((byte*)(_pointers + pointerCount), size - pointerCount * sizeof(byte*));
        var next = _pointers;
        *next++ = Put(ref text, path, value: null);
        foreach (var argument in arguments)
            *next++ = Put(ref text, argument, value: null);

        *next++ = null;
        _environment = next;
        foreach (var (key, value) in environment)
            *next++ = Put(ref text, key, value);

        *next = null;
    }

    public byte* Path => _pointers[0];

    public byte** Arguments => _pointers;

    public byte** Environment => _environment;

    /// <summary>
    /// Why these strings cannot be given to a process, or null. A zero byte would cut the string in silence.
    /// </summary>
    public static string? Objection(
        string path,
        ImmutableArray<string> arguments,
        ImmutableArray<KeyValuePair<string, string>> environment
    )
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
            return $"'{path.Replace("\0", "\\0", StringComparison.Ordinal)}' is no path";

        if (arguments.Any(argument => argument.Contains('\0', StringComparison.Ordinal)))
            return "an argument contains a zero byte";

        foreach (var (key, value) in environment)
        {
            if (key.Length == 0 || key.AsSpan().ContainsAny('=', '\0'))
                return $"environment variable name '{key.Replace("\0", "\\0", StringComparison.Ordinal)}' is "
                    + "empty, or contains '=' or a zero byte";

            if (value.Contains('\0', StringComparison.Ordinal))
                return $"the value of environment variable {key} contains a zero byte";
        }

        return null;
    }

    public void Free() => NativeMemory.Free(_pointers);

    private static int ByteCount(
        string path,
        ImmutableArray<string> arguments,
        ImmutableArray<KeyValuePair<string, string>> environment
    )
    {
        var count = Encoding.UTF8.GetByteCount(path) + 1;
        foreach (var argument in arguments)
            count += Encoding.UTF8.GetByteCount(argument) + 1;

        foreach (var (key, value) in environment)
            count += Encoding.UTF8.GetByteCount(key) + 1 + Encoding.UTF8.GetByteCount(value) + 1;

        return count;
    }

    private static byte* Put(ref Span<byte> text, string key, string? value)
    {
        var start = (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetReference(text));
        var length = Encoding.UTF8.GetBytes(key, text);
        if (value is not null)
        {
            text[length++] = (byte)'=';
            length += Encoding.UTF8.GetBytes(value, text[length..]);
        }

        text[length++] = 0;
        text = text[length..];
        return start;
    }
}
