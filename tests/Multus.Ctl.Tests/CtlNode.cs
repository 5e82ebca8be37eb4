using System.Text.Json;
using Multus.TestSupport;

namespace Multus.Ctl.Tests;

/// <summary>A node for commands to look at: folders, a daemon's configuration, plugins that are scripts.</summary>
internal sealed class CtlNode : IDisposable
{
    private readonly SortedDictionary<string, string> _settings = new(StringComparer.Ordinal);

    public CtlNode()
    {
        foreach (
            var key in new[]
            {
                "binDir",
                "cniDir",
                "confDir",
                "manifestDir",
                "statusDir",
                "runtimeConfigDir",
                "socketDir",
            }
        )
            With(key, Temp.Folder(key));
        With("containerRuntimeSocket", Temp["no-runtime.sock"]);
    }

    public TempFolder Temp { get; } = new("multus-ctl-");

    public string this[string folder] => Temp[folder];

    public CtlNode With(string key, string? value)
    {
        if (value is null)
            _settings.Remove(key);
        else
            _settings[key] = JsonSerializer.Serialize(value);
        return this;
    }

    /// <summary>A plugin that answers VERSION and nothing else.</summary>
    public void Plugin(string type, string versions = "\"0.4.0\",\"1.0.0\"") =>
        Script(type, $$"""echo '{"cniVersion":"1.0.0","supportedVersions":[{{versions}}]}'""");

    public void Script(string type, string script)
    {
        var path = Temp.File(Path.Combine("binDir", type), $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
    }

    public void Network(string name, string config, string more = "") =>
        Temp.File(
            Path.Combine("manifestDir", $"{name}.yaml"),
            "apiVersion: k8s.cni.cncf.io/v1\nkind: NetworkAttachmentDefinition\n"
                + $"metadata:\n  name: {name}\n{more}spec:\n  config: '{config}'\n"
        );

    public Task<Ctl.Ran> RunAsync(params string[] args) => Ctl.RunAsync([.. args, "--config", Configuration()]);

    /// <summary>With somebody at the terminal.</summary>
    public Task<Ctl.Ran> TypingAsync(string typed, params string[] args) =>
        Ctl.TypingAsync(typed, [.. args, "--config", Configuration()]);

    private string Configuration() =>
        Temp.File(
            "daemon-config.json",
            $"{{{string.Join(',', _settings.Select(setting => $"\"{setting.Key}\":{setting.Value}"))}}}"
        );

    /// <summary>The answer's JSON.</summary>
    public async Task<JsonElement> AskAsync(int status, params string[] args)
    {
        var ran = await RunAsync([.. args, "-o", "json"]);
        Assert.Equal((status, ""), (ran.Status, ran.Errors));
        using var json = JsonDocument.Parse(ran.Output);
        return json.RootElement.Clone();
    }

    public void Dispose() => Temp.Dispose();
}
