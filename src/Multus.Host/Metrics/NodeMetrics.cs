namespace Multus.Host.Metrics;

/// <summary>Everything that is measured of this node: docs/reference/metrics.md.</summary>
internal sealed class NodeMetrics
{
    private readonly Instruments _instruments = new();
    private readonly ActorMetrics _actors;
    private readonly StateMetrics _state;
    private readonly ProcessMetrics _process;
    private readonly Lock _one = new();

    public NodeMetrics(TimeProvider time)
    {
        _state = new StateMetrics(_instruments);
        Requests = new RequestMetrics(_instruments, time);
        Operations = new OperationMetrics(_instruments, time);
        Api = new ApiMetrics(_instruments);
        _actors = new ActorMetrics(_instruments);
        _process = new ProcessMetrics(_instruments, time);
    }

    public RequestMetrics Requests { get; }

    /// <summary>Hears how far the operations are.</summary>
    public OperationMetrics Operations { get; }

    public ApiMetrics Api { get; }

    /// <summary>For who writes them elsewhere.</summary>
    public IReadOnlyList<Family> Families => _instruments.Families;

    /// <summary>Takes over what is not counted where it happens.</summary>
    public void Update(NodeFigures figures)
    {
        lock (_one)
        {
            if (figures.Health is { } health)
                _actors.Update(health);
            _state.Update(
                figures.IsReady,
                figures.Faults.Length,
                figures.RuntimeConfig,
                figures.Losses,
                figures.Operations
            );
            _process.Update();
        }
    }

    /// <summary>Writes all of it in Prometheus' text format, version 0.0.4.</summary>
    public Task WriteAsync(Stream to, CancellationToken cancel) => _instruments.WriteAsync(to, cancel);
}
