using System.Text.Json;
using Multus.Cni.Runtime;

namespace Multus.Cni.Tests.Runtime;

/// <summary>Plugins that answer what a test has written down and remember what they were asked.</summary>
internal sealed class ScriptedPlugins : IPluginInvoker
{
    private readonly Dictionary<(CniCommand, string), Func<PluginOutput>> _answers = [];

    public List<PluginCall> Calls { get; } = [];

    public IEnumerable<string> Order => Calls.Select(call => $"{call.Command.ToWire()} {call.PluginType}");

    public ScriptedPlugins Prints(CniCommand command, string type, string stdout) =>
        Answers(command, type, () => new PluginOutput.Succeeded(Json.Bytes(stdout)));

    public ScriptedPlugins Fails(CniCommand command, string type, CniError error) =>
        Answers(command, type, () => new PluginOutput.Failed(error));

    public ScriptedPlugins IsNotFound(CniCommand command, string type) =>
        Answers(
            command,
            type,
            () => throw new CniException(CniErrorCode.Io, $"failed to find plugin \"{type}\" in path [/bin]")
        );

    public ScriptedPlugins Answers(CniCommand command, string type, Func<PluginOutput> answer)
    {
        _answers[(command, type)] = answer;
        return this;
    }

    public Task<PluginOutput> InvokeAsync(PluginCall call, CancellationToken cancel)
    {
        Calls.Add(call);
        var silent = new PluginOutput.Succeeded(Json.Bytes(call.Command == CniCommand.Add ? "{}" : ""));
        return Task.FromResult(
            _answers.TryGetValue((call.Command, call.PluginType), out var answer) ? answer() : silent
        );
    }

    public string Stdin(int call) => Json.Text(Calls[call].Stdin);

    public string? Member(int call, string name) =>
        CniJson.Parse(Calls[call].Stdin).TryGetProperty(name, out JsonElement value) ? value.GetRawText() : null;
}
