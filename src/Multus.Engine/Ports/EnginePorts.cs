using Multus.Cni.Runtime;
using Multus.Engine.State;

namespace Multus.Engine.Ports;

/// <summary>The world as the engine sees it.</summary>
public sealed record EnginePorts
{
    public required IPods Pods { get; init; }

    public required INetworks Networks { get; init; }

    public required INetNs NetNs { get; init; }

    /// <summary>The root in which plugins run, and their folders are looked up; empty: this process's own.</summary>
    public string PluginRoot { get; init; } = "";

    /// <summary>Runs one plugin process and waits for its end.</summary>
    public required IPluginInvoker Plugins { get; init; }

    public required IStatusPublisher Statuses { get; init; }

    public required IPendingDeleteFolder PendingDeletes { get; init; }

    /// <summary>Null: there are no events.</summary>
    public IEvents? Events { get; init; }

    /// <summary>Null: nobody knows the devices of pods, and networks that take one are refused.</summary>
    public IDevices? Devices { get; init; }

    /// <summary>Null: nobody listens.</summary>
    public IPhases? Phases { get; init; }

    /// <summary>
    /// No process starts here that sweeps what killed writers have left: a DEL sweeps what is of its sandbox.
    /// </summary>
    public bool SweepsAtDelete { get; init; }

    /// <summary>The clock of all time limits.</summary>
    public required TimeProvider Time { get; init; }

    public required ILogger Log { get; init; }
}
