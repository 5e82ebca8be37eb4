using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Multus.Configuration;
using Multus.Ctl.Daemons;
using Multus.Ctl.Nodes;
using Multus.Ctl.Output;
using Multus.Engine.History;
using Multus.Linux.Files;
using Multus.Wire;

namespace Multus.Ctl.Bundles;

/// <summary>Gathers what somebody needs who is to find out from afar what is wrong with a node.</summary>
/// <param name="daemon">The daemon's configuration.</param>
/// <param name="configurationFile">Where it is; null: there is no such file.</param>
/// <param name="time">The clock.</param>
internal sealed class SupportBundle(DaemonConfiguration daemon, string? configurationFile, TimeProvider time)
{
    /// <returns>The names of what is in it.</returns>
    public async Task<IReadOnlyList<string>> WriteAsync(Stream output, CancellationToken cancel)
    {
        await using var bundle = new Bundle(output);
        await bundle.AddAsync("about.txt", About());
        if (configurationFile is not null)
            await bundle.AddFileAsync("configuration/daemon-config.json", configurationFile);
        await bundle.AddFolderAsync("configuration/net.d", RuntimeFolder);
        await AddDaemonAsync(bundle, cancel);
        await AddStateAsync(bundle);
        if (daemon.LogFile.Length > 0)
            await bundle.AddFileAsync("log/multus.log", daemon.LogFile);
        await AddMachineAsync(bundle);
        return bundle.Entries;
    }

    private string RuntimeFolder =>
        daemon.RuntimeConfig?.Folder ?? RootedPath.Of(daemon.ChrootDir, DaemonConfiguration.DefaultRuntimeConfigDir);

    private string About() =>
        $"""
            multusctl {ProductVersion.Number}
            made at {time.GetUtcNow():O}
            on {Environment.MachineName}, {RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}
            Secrets are removed: keys, certificates, tokens, passwords.
            """;

    private async Task AddDaemonAsync(Bundle bundle, CancellationToken cancel)
    {
        var client = new DaemonClient(daemon);
        var answer = await client.HealthAsync(cancel);
        await bundle.AddAsync("daemon/healthz.json", answer.Body?.GetRawText() ?? answer.Problem);
        await bundle.AddAsync("daemon/metrics.txt", await client.TextAsync("/metrics", cancel));
        try
        {
            var status = await new NodeStatusSource(daemon, time).ReadAsync(cancel);
            await bundle.AddAsync("daemon/status.json", JsonOf(status));
        }
        catch (CtlException e)
        {
            await bundle.AddAsync("daemon/status.unreadable", e.Message);
        }
    }

    private async Task AddStateAsync(Bundle bundle)
    {
        await bundle.AddAsync("state/files.txt", Listing(daemon.CniDir));
        await bundle.AddFolderAsync("state/records", daemon.CniDir);
        await bundle.AddFolderAsync("state/results", Path.Combine(daemon.CniDir, "results"));
        await bundle.AddFolderAsync("state/pending", Path.Combine(daemon.CniDir, PendingDelete.FolderName));
        await bundle.AddFolderAsync("state/history", Path.Combine(daemon.CniDir, HistoryFolder.FolderName));
    }

    private static async Task AddMachineAsync(Bundle bundle)
    {
        foreach (
            var file in (string[])["/proc/version", "/proc/modules", "/proc/mounts", "/proc/meminfo", "/proc/loadavg"]
        )
            await bundle.AddFileAsync($"machine/{Path.GetFileName(file)}.txt", file);
    }

    private static string Listing(string folder)
    {
        if (!Directory.Exists(folder))
            return $"there is no {folder}";
        var lines = new StringBuilder();
        try
        {
            foreach (
                var path in Directory
                    .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                    .Order(StringComparer.Ordinal)
            )
            {
                // One that has gone meanwhile has no length.
                if (new FileInfo(path) is { Exists: true } file)
                    lines.AppendLine(
                        $"{file.LastWriteTimeUtc:O} {file.Length, 10} {Path.GetRelativePath(folder, path)}"
                    );
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            lines.AppendLine(e.Message);
        }

        return lines.ToString();
    }

    private static string JsonOf(Answer answer)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
            answer.WriteJson(json);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
