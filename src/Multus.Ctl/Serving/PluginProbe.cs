using System.Collections.Immutable;
using System.Text.Json;
using Multus.Cni;
using Multus.Cni.Runtime;
using Multus.Ctl.Nodes;
using Multus.Linux.Plugins;
using Multus.Linux.Processes;

namespace Multus.Ctl.Serving;

/// <summary>
/// Finds plugins as an ADD finds them and asks each, once, which versions of the specification it speaks: VERSION
/// changes nothing.
/// </summary>
internal sealed class PluginProbe(NodeConfiguration node, IProcessRunner processes)
{
    private const int MostOutput = 1 << 16;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, FoundPlugin> _asked = new(StringComparer.Ordinal);

    public async Task<FoundPlugin> AskAsync(string type, CancellationToken cancel)
    {
        if (!_asked.TryGetValue(type, out var found))
            _asked[type] = found = await RunAsync(type, cancel);
        return found;
    }

    private async Task<FoundPlugin> RunAsync(string type, CancellationToken cancel)
    {
        if (BuiltInPlugins.Has(type))
            return new FoundPlugin(
                type,
                "built in",
                [.. CniVersion.Supported.Select(version => version.ToString())],
                ""
            );
        string path;
        try
        {
            path = PluginFinder.Find(type, node.PluginPath, node.Root);
        }
        catch (CniException e)
        {
            return new FoundPlugin(type, "", [], e.Error.Text);
        }

        var run = await processes.RunAsync(
            new ProcessSpec(
                path,
                """{"cniVersion":"1.0.0"}"""u8.ToArray(),
                [
                    new("CNI_COMMAND", "VERSION"),
                    new("CNI_PATH", string.Join(':', node.PluginPath)),
                    new("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"),
                ],
                Deadline,
                MostOutput,
                MostOutput
            )
            {
                Root = node.Root,
            },
            cancel
        );
        return run.IsSuccess
            ? OfAnswer(type, path, run.Stdout)
            : new FoundPlugin(type, path, [], $"{path} does not answer VERSION: {run.Description}");
    }

    private static FoundPlugin OfAnswer(string type, string path, ReadOnlyMemory<byte> stdout)
    {
        try
        {
            var versions = ImmutableArray.CreateBuilder<string>();
            if (CniJson.Find(CniJson.Parse(stdout), "supportedVersions") is { ValueKind: JsonValueKind.Array } list)
            {
                foreach (var version in list.EnumerateArray())
                    versions.Add(version.ToString());
            }

            return new FoundPlugin(
                type,
                path,
                versions.ToImmutable(),
                versions.Count > 0 ? "" : $"{path} does not say which versions it speaks"
            );
        }
        catch (JsonException e)
        {
            return new FoundPlugin(type, path, [], $"{path} answers VERSION with what is no JSON: {e.Message}");
        }
    }
}
