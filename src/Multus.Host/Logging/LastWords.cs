namespace Multus.Host.Logging;

/// <summary>
/// What the daemon says on stderr past its log, because it has none or whatever the log's level is, right before it
/// ends: a reader of stderr that has stopped reading holds up the end for a moment, and no longer.
/// </summary>
internal static class LastWords
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <param name="to">stderr.</param>
    /// <param name="lines">Each gets the daemon's name before it.</param>
    public static void Say(TextWriter to, IEnumerable<string> lines)
    {
        var text = string.Concat(lines.Select(line => $"multus-daemon: {line}\n"));
        // It may never come back, and does not keep the process.
        var writer = new Thread(() => Write(to, text)) { IsBackground = true, Name = "last words" };
        writer.Start();
        writer.Join(Patience);
    }

    private static void Write(TextWriter to, string text)
    {
        try
        {
            to.Write(text);
            to.Flush();
        }
        catch (IOException)
        {
            // A stderr on a full disk: this was the last place to say anything, and the exit status says the rest.
        }
    }
}
