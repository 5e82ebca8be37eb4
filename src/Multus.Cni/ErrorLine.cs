namespace Multus.Cni;

/// <summary>
/// An error as the pod's event shows it: message and details on one line of fewer than 200 characters that ends with
/// the request's ID, under which the log has the whole (docs/decisions/0012-errors-and-loops.md).
/// </summary>
public static class ErrorLine
{
    /// <summary>Of <see cref="CniError.Text"/>.</summary>
    public const int MaxCharacters = 199;

    /// <summary>What a network may take of a line: names have up to 253 characters.</summary>
    public const int MaxName = 40;

    /// <summary>What a plugin's type may take.</summary>
    public const int MaxType = 24;

    private const string Gap = "…";
    private const int Head = 100; // has verb, network and interface, whatever their length
    private const int ShortestTail = 24;
    private const int ShortestDetails = 24; // less says nothing
    private const string Between = "; ";

    /// <summary>
    /// The error, no longer than it may be. The code stays; details give way before the message does, and either loses
    /// its middle, for causes stand at the end.
    /// </summary>
    public static CniError Fit(CniError error, string requestId)
    {
        ArgumentNullException.ThrowIfNull(error);
        var id = $"request {requestId}";
        var message = LogText.OneLine(error.Message).Trim();
        var details = WithoutId(LogText.OneLine(error.Details ?? "").Trim(), id);
        if (details.Length == 0)
            return error with { Message = Cut(message, MaxCharacters - Between.Length - id.Length), Details = id };

        var room = MaxCharacters - Between.Length - $" ({id})".Length;
        return room - message.Length < Math.Min(details.Length, ShortestDetails)
            ? error with
            {
                Message = Cut(message, MaxCharacters - Between.Length - id.Length),
                Details = id,
            }
            : error with
            {
                Message = message,
                Details = $"{Cut(details, room - message.Length)} ({id})",
            };
    }

    /// <summary>The same for an answer that must not change from one time to the next, and so has no ID.</summary>
    public static CniError Fit(CniError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        var message = Cut(LogText.OneLine(error.Message).Trim(), MaxCharacters);
        var details = LogText.OneLine(error.Details ?? "").Trim();
        var room = MaxCharacters - Between.Length - message.Length;
        return error with
        {
            Message = message,
            Details = room < Math.Min(details.Length, ShortestDetails) ? "" : Cut(details, room),
        };
    }

    /// <summary>
    /// The text with its middle left out if it has more than <paramref name="max"/> characters; never half of a
    /// surrogate pair.
    /// </summary>
    public static string Cut(string text, int max)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length <= max)
            return text;

        var head = Math.Max(max * 2 / 3, Math.Min(Head, max - ShortestTail));
        var tail = text.Length - (max - head - Gap.Length);
        if (char.IsHighSurrogate(text[head - 1]))
            head--;
        if (char.IsLowSurrogate(text[tail]))
            tail++;
        return string.Concat(text.AsSpan(0, head), Gap, text.AsSpan(tail));
    }

    // Parts of the daemon that log an error put the ID into it themselves.
    private static string WithoutId(string details, string id)
    {
        if (details == id)
            return "";

        var end = $" ({id})";
        return details.EndsWith(end, StringComparison.Ordinal) ? details[..^end.Length] : details;
    }
}
