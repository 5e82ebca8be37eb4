using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Multus.Ctl.Output;
using Spectre.Console;

namespace Multus.Ctl.Audits;

/// <summary>What leaks.</summary>
/// <param name="Released">What became of it; null: nothing was to be released.</param>
internal sealed record AuditAnswer(
    ImmutableArray<Leak> Leaks,
    ImmutableArray<string> NotAsked,
    ImmutableArray<LeakRelease.Outcome>? Released
) : Answer
{
    public override void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("leaks");
        foreach (var leak in Leaks)
            Write(json, leak, Released?.FirstOrDefault(outcome => outcome.Leak == leak));
        json.WriteEndArray();
        JsonLists.Write(json, "notAsked", NotAsked);
        json.WriteEndObject();
    }

    public override void Render(IAnsiConsole console)
    {
        if (Released is null && Leaks.Length > 0)
            RenderTable(console, Leaks);
        foreach (var outcome in Released ?? [])
        {
            var color = outcome.IsDone ? "green" : "red";
            console.MarkupLine($"{Words.Escaped(outcome.Leak.Subject)}: [{color}]{Words.Escaped(outcome.Words)}[/]");
        }

        foreach (var reason in NotAsked)
            Words.Line(console, $"not looked at: {reason}");
        var fixable = Leaks.Count(leak => leak.Fix.Length > 0);
        Words.Line(
            console,
            Released is { } released
                ? $"{released.Count(outcome => outcome.IsDone)} of {Leaks.Length} released"
                : $"{Leaks.Length} kept for nobody"
                    + (fixable > 0 ? $"; multusctl audit --fix releases {fixable} of them" : "")
        );
    }

    /// <summary>A preview, too.</summary>
    public static void RenderTable(IAnsiConsole console, IEnumerable<Leak> leaks)
    {
        var table = new Table().RoundedBorder().AddColumns("what", "since", "pod", "why", "--fix");
        foreach (var leak in leaks)
            table.AddRow(
                Words.Lines(NameOf(leak), leak.Subject),
                Words.Plain(SinceOf(leak)),
                Words.Plain(leak.Pod.Length > 0 ? leak.Pod : leak.Sandbox),
                Words.Plain(leak.Why),
                Words.Plain(leak.Fix.Length > 0 ? leak.Fix : $"– ({leak.Remedy})")
            );
        console.Write(table);
    }

    private static string NameOf(Leak leak) =>
        leak.Kind switch
        {
            LeakKind.Sandbox => $"sandbox in {leak.Network}",
            LeakKind.CachedResult => $"results of {leak.Network}",
            LeakKind.DamagedRecord => "damaged record",
            LeakKind.WaitingDelete => "DEL that waits",
            LeakKind.GivenUpDelete => "DEL that was given up",
            LeakKind.HostLocalAddress => $"address {leak.Address} of {leak.Network}",
            _ => $"address {leak.Address}",
        };

    private static string SinceOf(Leak leak) =>
        leak.Since?.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture) ?? "";

    private static string NameOf(LeakKind kind) =>
        kind switch
        {
            LeakKind.Sandbox => "sandbox",
            LeakKind.CachedResult => "cachedResult",
            LeakKind.DamagedRecord => "damagedRecord",
            LeakKind.WaitingDelete => "waitingDelete",
            LeakKind.GivenUpDelete => "givenUpDelete",
            LeakKind.HostLocalAddress => "hostLocalAddress",
            _ => "whereaboutsAddress",
        };

    private static void Write(Utf8JsonWriter json, Leak leak, LeakRelease.Outcome? outcome)
    {
        json.WriteStartObject();
        json.WriteString("kind", NameOf(leak.Kind));
        json.WriteString("subject", leak.Subject);
        json.WriteString("sandbox", leak.Sandbox);
        json.WriteString("pod", leak.Pod);
        json.WriteString("network", leak.Network);
        json.WriteString("interface", leak.IfName);
        json.WriteString("address", leak.Address);
        if (leak.Since is { } since)
            json.WriteString("since", since);
        json.WriteString("why", leak.Why);
        json.WriteString("fix", leak.Fix);
        json.WriteString("remedy", leak.Remedy);
        if (outcome is not null)
        {
            json.WriteBoolean("released", outcome.IsDone);
            json.WriteString("outcome", outcome.Words);
        }

        json.WriteEndObject();
    }
}
