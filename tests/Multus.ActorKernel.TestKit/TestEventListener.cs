using System.Collections.Immutable;
using System.Threading.Channels;
using Multus.ActorKernel.Event;
using Xunit.Abstractions;

namespace Multus.ActorKernel.TestKit;

/// <summary>Sees every line of a system's log: counts those that filters wait for, and writes the others to the test's output if it has one.</summary>
internal sealed class TestEventListener : ILogSink
{
    private ImmutableList<ActiveFilter> _filters = [];
    private volatile ITestOutputHelper? _output;

    public static TestEventListener For(ActorSystem system) => ((ActorSystemImpl)system).Extension(_ => new TestEventListener());

    public void WriteTo(ITestOutputHelper output) => _output = output;

    public void Add(ActiveFilter filter) => ImmutableInterlocked.Update(ref _filters, static (filters, added) => filters.Add(added), filter);

    public void Remove(ActiveFilter filter) => ImmutableInterlocked.Update(ref _filters, static (filters, removed) => filters.Remove(removed), filter);

    public void Write(LogEvent line)
    {
        if (!IsTaken(line))
            Print(line.ToString());
    }

    public void Write(AllDeadLetters letter) => IsTaken(letter);

    public void Dispose() => _output = null;

    private bool IsTaken(object @event)
    {
        foreach (var filter in _filters)
        {
            if (filter.Takes(@event))
                return true;
        }

        return false;
    }

    private void Print(string line)
    {
        try
        {
            _output?.WriteLine(line);
        }
        catch (InvalidOperationException)
        {
            _output = null; // the test this output belongs to is over; xunit takes no more lines for it
        }
    }
}

/// <summary>A filter at work, with its count.</summary>
internal sealed class ActiveFilter(IReadOnlyList<Func<object, bool>> matches)
{
    private readonly Channel<object> _seen = Channel.CreateUnbounded<object>();
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public bool Takes(object @event)
    {
        if (!matches.Any(isMatch => isMatch(@event)))
            return false;

        Interlocked.Increment(ref _count);
        _seen.Writer.TryWrite(@event);
        return true;
    }

    /// <summary>Waits until that many events were taken.</summary>
    public async Task<bool> Reaches(int count, TimeSpan patience, CancellationToken token)
    {
        using var deadline = new CancellationTokenSource(patience, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, token);
        try
        {
            for (var seen = 0; seen < count; seen++)
                await _seen.Reader.ReadAsync(either.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            return false;
        }
    }
}
