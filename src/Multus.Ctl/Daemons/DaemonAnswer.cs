using System.Text.Json;
using Multus.Engine.Explain;

namespace Multus.Ctl.Daemons;

/// <summary>The body of <c>/readyz</c>.</summary>
/// <param name="Body">See docs/reference/metrics.md; null: nobody answered.</param>
/// <param name="Problem">Why nobody did.</param>
internal sealed record DaemonAnswer(JsonElement? Body, string Problem)
{
    public bool IsReady => Body is { } body && body.TryGetProperty("ready", out var ready) && ready.GetBoolean();

    /// <summary>A list of names.</summary>
    public IEnumerable<string> Names(string member) =>
        Body is { } body && body.TryGetProperty(member, out var names)
            ? names.EnumerateArray().Select(name => name.GetString() ?? "")
            : [];

    /// <summary>What is under way.</summary>
    public IEnumerable<RunningOperation> Operations()
    {
        if (Body is not { } body || !body.TryGetProperty("operations", out var operations))
            yield break;
        foreach (var operation in operations.EnumerateArray())
            yield return RunningOperationJson.Read(operation);
    }

    /// <summary>A member of the runtime's configuration; null: the daemon does not keep it, or does not say.</summary>
    public JsonElement? RuntimeConfig(string member) =>
        Body is { } body
        && body.TryGetProperty("runtimeConfig", out var config)
        && config.TryGetProperty(member, out var value)
            ? value
            : null;
}
