namespace Multus.Core.Records;

/// <summary>
/// A sandbox record cannot be read: damaged, foreign, or of a later release. What it says is not known, so nothing may
/// be undone by it and the file must stay.
/// </summary>
public sealed class RecordFormatException : Exception
{
    public RecordFormatException(string message)
        : base(message) { }

    public RecordFormatException(string message, Exception inner)
        : base(message, inner) { }
}
