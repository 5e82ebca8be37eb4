namespace Multus.Linux.Processes;

/// <summary>
/// What a process wrote, up to a bound. The usual answer comes in one read and is copied once, into an array of its
/// size.
/// </summary>
internal struct BoundedOutput(int limit)
{
    private byte[] _bytes = [];
    private int _length;

    public readonly ReadOnlyMemory<byte> Content => _bytes.AsMemory(0, _length);

    /// <summary>Keeps what still fits. False: something did not.</summary>
    public bool Append(ReadOnlySpan<byte> more)
    {
        var kept = Math.Min(more.Length, limit - _length);
        if (_bytes.Length < _length + kept)
            Array.Resize(ref _bytes, NewSize(_length + kept));

        more[..kept].CopyTo(_bytes.AsSpan(_length));
        _length += kept;
        return kept == more.Length;
    }

    private readonly int NewSize(int needed) =>
        _length == 0 ? needed : (int)Math.Min(limit, Math.Max(needed, 2L * _bytes.Length));
}
