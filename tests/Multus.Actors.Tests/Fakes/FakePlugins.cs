using System.Collections.Concurrent;
using System.Text;
using Multus.Cni;
using Multus.Cni.Runtime;

namespace Multus.Actors.Tests.Fakes;

/// <summary>Plugins that answer as the test decides, at once or when it says so, and remember every call.</summary>
internal sealed class FakePlugins : IPluginInvoker
{
    private readonly ConcurrentDictionary<string, Func<PluginCall, Task<PluginOutput>>> _behaviours = [];

    /// <summary>Every call so far: "ADD bridge net1".</summary>
    public ConcurrentQueue<string> Calls { get; } = [];

    public void On(CniCommand command, string type, Func<PluginCall, Task<PluginOutput>> behaviour) =>
        _behaviours[$"{command.ToWire()} {type}"] = behaviour;

    public void Fail(CniCommand command, string type, string message) =>
        On(command, type, _ => Task.FromResult<PluginOutput>(new PluginOutput.Failed(new CniError(100, message))));

    public void Succeed(CniCommand command, string type) => _behaviours.TryRemove($"{command.ToWire()} {type}", out _);

    public Task<PluginOutput> InvokeAsync(PluginCall call, CancellationToken cancel)
    {
        Calls.Enqueue($"{call.Command.ToWire()} {call.PluginType} {Variable(call, "CNI_IFNAME")}");
        return _behaviours.TryGetValue($"{call.Command.ToWire()} {call.PluginType}", out var behaviour)
            ? behaviour(call)
            : Task.FromResult(Success(call));
    }

    public static PluginOutput Success(PluginCall call) =>
        new PluginOutput.Succeeded(
            call.Command == CniCommand.Add
                ? Encoding.UTF8.GetBytes(
                    $$"""{"cniVersion":"1.0.0","interfaces":[{"name":"{{Variable(call, "CNI_IFNAME")}}","sandbox":"/run/netns/x"}]}"""
                )
                : default
        );

    private static string Variable(PluginCall call, string name) =>
        call.Environment.First(variable => variable.Key == name).Value;
}
