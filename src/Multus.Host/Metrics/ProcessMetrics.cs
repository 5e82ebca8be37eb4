using Prometheus;

namespace Multus.Host.Metrics;

/// <summary>The process and its runtime, under the names that others use. One thread at a time.</summary>
internal sealed class ProcessMetrics
{
    private const int Generations = 3;

    private readonly Growing _cpu;
    private readonly Gauge _resident;
    private readonly Gauge _virtual;
    private readonly Gauge _openFiles;
    private readonly Gauge _mostOpenFiles;
    private readonly Gauge _threads;
    private readonly Gauge _heap;
    private readonly Gauge _poolThreads;
    private readonly Gauge _poolQueue;
    private readonly Growing _allocated;
    private readonly Growing _pauses;
    private readonly Growing[] _collections = new Growing[Generations];

    public ProcessMetrics(Instruments instruments, TimeProvider time)
    {
        _cpu = new Growing(instruments.Counter("process_cpu_seconds_total", "Processor time, user and system"));
        _resident = instruments.Gauge("process_resident_memory_bytes", "Resident memory");
        _virtual = instruments.Gauge("process_virtual_memory_bytes", "Address space");
        _openFiles = instruments.Gauge("process_open_fds", "Open file descriptors");
        _mostOpenFiles = instruments.Gauge("process_max_fds", "File descriptors that there may be");
        _threads = instruments.Gauge("process_num_threads", "Threads");
        var started = instruments.Gauge("process_start_time_seconds", "Start of the process, in Unix time");
        var age = ProcessFigures.Uptime() - ProcessFigures.Read().StartTicks / ProcessFigures.TicksPerSecond;
        started.Set(Math.Round((time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds - age, 2));

        _heap = instruments.Gauge("dotnet_gc_heap_bytes", "Managed memory in use");
        _allocated = new Growing(instruments.Counter("dotnet_gc_allocated_bytes_total", "Managed memory allocated"));
        _pauses = new Growing(instruments.Counter("dotnet_gc_pause_seconds_total", "Time in collections"));
        var collections = instruments.Counter("dotnet_gc_collections_total", "Collections", "generation");
        for (var i = 0; i < Generations; i++)
            _collections[i] = new Growing(
                collections.WithLabels(i.ToString(System.Globalization.CultureInfo.InvariantCulture))
            );
        _poolThreads = instruments.Gauge("dotnet_threadpool_threads", "Threads of the pool");
        _poolQueue = instruments.Gauge("dotnet_threadpool_queue", "Work that waits for a thread of the pool");
    }

    public void Update()
    {
        var process = ProcessFigures.Read();
        _cpu.GrowTo(process.CpuSeconds);
        _resident.Set(process.ResidentBytes);
        _virtual.Set(process.VirtualBytes);
        _openFiles.Set(process.OpenFiles);
        _mostOpenFiles.Set(process.MostOpenFiles);
        _threads.Set(process.Threads);
        _heap.Set(GC.GetTotalMemory(forceFullCollection: false));
        _allocated.GrowTo(GC.GetTotalAllocatedBytes());
        _pauses.GrowTo(GC.GetTotalPauseDuration().TotalSeconds);
        for (var i = 0; i < Generations; i++)
            _collections[i].GrowTo(GC.CollectionCount(i));
        _poolThreads.Set(ThreadPool.ThreadCount);
        _poolQueue.Set(ThreadPool.PendingWorkItemCount);
    }
}
