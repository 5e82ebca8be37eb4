using System.Collections.Immutable;
using Multus.Cni;
using Multus.Engine.Ports;

namespace Multus.Engine.Activity;

/// <summary>One operation that is under way, at one moment.</summary>
/// <param name="RequestId">Names the request in the log and in errors.</param>
/// <param name="Sandbox">CNI_CONTAINERID.</param>
/// <param name="Verb">The CNI verb.</param>
/// <param name="Step">Of an ADD: planning, attaching, routes or status; of another verb: plugins.</param>
/// <param name="Age">Since when it has had its turn.</param>
/// <param name="Plugins">The plugins that it waits for.</param>
public sealed record OperationView(
    string RequestId,
    SandboxId Sandbox,
    CniCommand Verb,
    string Step,
    TimeSpan Age,
    ImmutableArray<PluginView> Plugins
);

/// <summary>A plugin that runs, or waits for a slot to run.</summary>
/// <param name="Plugin">Which, and for what.</param>
/// <param name="Age">Since when.</param>
public sealed record PluginView(PluginRun Plugin, TimeSpan Age);
