using System.Collections.Immutable;
using Multus.Cni;
using Multus.Core.Pods;
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
)
{
    /// <summary>Whose sandbox it is.</summary>
    public PodIdentity Pod { get; init; } = PodIdentity.None;

    /// <summary>The stretches that have begun, in their order; the last one lasts.</summary>
    public ImmutableArray<StepView> Steps { get; init; } = [];
}

/// <summary>A stretch of an operation.</summary>
/// <param name="Name">As <see cref="OperationView.Step"/> has it.</param>
/// <param name="At">When it began, from the operation's beginning.</param>
public sealed record StepView(string Name, TimeSpan At);

/// <summary>A plugin that runs, or waits for a slot to run.</summary>
/// <param name="Plugin">Which, and for what.</param>
/// <param name="Age">Since when.</param>
public sealed record PluginView(PluginRun Plugin, TimeSpan Age);
