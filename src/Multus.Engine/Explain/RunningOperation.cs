using System.Collections.Immutable;
using System.Globalization;
using Multus.Cni;
using Multus.Engine.Activity;

namespace Multus.Engine.Explain;

/// <summary>An operation that is under way, in words.</summary>
/// <param name="Request">Names it in the log and in errors.</param>
/// <param name="Sandbox">CNI_CONTAINERID.</param>
/// <param name="Verb">As it goes over the wire.</param>
/// <param name="Step">See <see cref="OperationView.Step"/>.</param>
/// <param name="Milliseconds">Since it has had its turn.</param>
/// <param name="Plugins">What it waits for: "bridge of network blue, net1, for 1.2 s".</param>
public sealed record RunningOperation(
    string Request,
    string Sandbox,
    string Verb,
    string Step,
    long Milliseconds,
    ImmutableArray<string> Plugins
)
{
    public static RunningOperation Of(OperationView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        return new RunningOperation(
            view.RequestId,
            view.Sandbox.Value,
            view.Verb.ToWire(),
            view.Step,
            (long)view.Age.TotalMilliseconds,
            [
                .. view.Plugins.Select(run =>
                    PluginText(run.Plugin.Type, run.Plugin.Network, run.Plugin.IfName, run.Age.TotalMilliseconds)
                ),
            ]
        );
    }

    public static string PluginText(string type, string network, string ifName, double milliseconds) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{type} of network {network}, {ifName}, for {milliseconds / 1000.0:0.0} s"
        );
}
