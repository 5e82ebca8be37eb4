namespace Multus.TestSupport.Daemons;

/// <summary>What the daemons of a node have written to stderr so far, and a way to wait for a line.</summary>
public sealed class DaemonLog
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private readonly List<(string Text, TaskCompletionSource<string> Found)> _waiting = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
                return [.. _lines];
        }
    }

    public void Add(string line)
    {
        lock (_lock)
        {
            _lines.Add(line);
            foreach (var (_, found) in _waiting.Where(waiting => line.Contains(waiting.Text, StringComparison.Ordinal)))
                found.TrySetResult(line);
            _waiting.RemoveAll(waiting => waiting.Found.Task.IsCompleted);
        }
    }

    /// <summary>How many lines there are now: a place from which to look for later ones.</summary>
    public int Mark()
    {
        lock (_lock)
            return _lines.Count;
    }

    /// <summary>
    /// The first line from <paramref name="mark"/> on that contains the text, as soon as there is one.
    /// </summary>
    /// <exception cref="TimeoutException">There was none in time; the text has the whole log.</exception>
    public async Task<string> Line(string text, int mark = 0)
    {
        Task<string> found;
        lock (_lock)
        {
            if (_lines.Skip(mark).FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal)) is { } line)
                return line;

            var source = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((text, source));
            found = source.Task;
        }

        return await Wait.For($"'{text}' in the daemon's log; it has:\n{this}", found);
    }

    public override string ToString() => string.Join('\n', Lines);
}
