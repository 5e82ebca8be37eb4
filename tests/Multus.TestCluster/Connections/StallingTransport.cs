using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;

namespace Multus.TestCluster.Connections;

/// <summary>
/// A connection on which nothing moves while the gate is closed, in neither direction: what has been sent is taken by
/// the kernel, no answer comes, not even to a ping, and the connection stays open.
/// </summary>
internal sealed class StallingTransport(IDuplexPipe inner, Gate gate) : IDuplexPipe
{
    public PipeReader Input { get; } = new StallingReader(inner.Input, gate);

    public PipeWriter Output { get; } = new StallingWriter(inner.Output, gate);

    private sealed class StallingReader(PipeReader inner, Gate gate) : PipeReader
    {
        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            var result = await inner.ReadAsync(cancellationToken);
            await gate.WhenOpenAsync(cancellationToken); // what came in meanwhile is not seen before
            return result;
        }

        // Never at hand: so every read takes the way through the gate.
        public override bool TryRead([MaybeNullWhen(false)] out ReadResult result)
        {
            result = default;
            return false;
        }

        public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) =>
            inner.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }

    private sealed class StallingWriter(PipeWriter inner, Gate gate) : PipeWriter
    {
        public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

        public override long UnflushedBytes => inner.UnflushedBytes;

        public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            await gate.WhenOpenAsync(cancellationToken);
            return await inner.FlushAsync(cancellationToken);
        }

        public override void Advance(int bytes) => inner.Advance(bytes);

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }
}
