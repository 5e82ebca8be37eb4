using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Multus.Engine.Activity;
using Multus.Engine.Explain;
using Multus.Engine.Networks;
using Multus.Linux.Files;

namespace Multus.Host.Page;

/// <summary>What the page asks for when a person wants to see it: nothing of it is kept.</summary>
/// <param name="cniDir">Where records are.</param>
/// <param name="pluginRoot">The root of the plugins; empty: this process's own.</param>
/// <param name="evidence">What the node knows of a sandbox.</param>
/// <param name="tracker">What is under way.</param>
internal sealed class PageAnswers(string cniDir, string pluginRoot, EvidenceReader evidence, OperationTracker tracker)
{
    /// <summary><c>?sandbox=</c> a container ID: what <c>multusctl explain -o json</c> says.</summary>
    public async Task ExplainAsync(HttpContext context)
    {
        var subject = context.Request.Query["sandbox"].ToString();
        var found = subject.Length == 0 ? [] : await evidence.OfContainerAsync(subject, context.RequestAborted);
        found = [.. found.Where(sandbox => sandbox.Sandbox == subject)];
        if (found.IsEmpty)
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        var running = tracker
            .Snapshot()
            .Where(view => view.Sandbox.Value == subject)
            .Select(RunningOperation.Of)
            .ToImmutableArray();
        await WriteAsync(
            context,
            json =>
                ExplanationJson.Write(
                    json,
                    subject,
                    found.IsEmpty ? [Forgotten(subject)] : Diagnosis.OfNode(found[^1], running, cniDir),
                    found,
                    running,
                    ""
                )
        );
    }

    /// <summary>The networks, who uses them, and how many addresses are left.</summary>
    public async Task NetworksAsync(HttpContext context)
    {
        var networks = await Task.Run(
            () =>
                new NetworkUsage(cniDir)
                    .Read()
                    .Select(use => use with { Ranges = RangeUse.OfHostLocal(use.Configuration, Seen) })
                    .ToImmutableArray(),
            context.RequestAborted
        );
        await WriteAsync(context, json => NetworksJson.Write(json, networks));
    }

    private string Seen(string path) => RootedPath.Of(pluginRoot, path);

    public static async Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        await using (var json = new Utf8JsonWriter(buffer))
            write(json);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = buffer.WrittenCount;
        await context.Response.Body.WriteAsync(buffer.WrittenMemory, context.RequestAborted);
    }

    private static Finding Forgotten(string sandbox) =>
        new(
            Cause.NeverAsked,
            $"Nothing is known of sandbox {sandbox} any more: it is longer ago than the last 500 sandboxes.",
            "The daemon's log may still have it."
        );
}
