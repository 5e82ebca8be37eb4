using System.Collections.Immutable;
using System.Text.Json;
using Multus.Cni;
using Multus.Configuration;
using Multus.Kubernetes.Api.Configuration;

namespace Multus.Ctl.Checks;

/// <summary>The daemon's own two files, read as the daemon reads them at its start.</summary>
internal static class DaemonCheck
{
    /// <param name="Daemon">Null when nothing can be read of it.</param>
    /// <param name="NoCluster">Why there is no way to a cluster from here; null when there is one.</param>
    internal sealed record Outcome(DaemonConfiguration? Daemon, ImmutableArray<Fault> Faults, string? NoCluster);

    public static Outcome Run(string file, string? hocon)
    {
        var faults = ImmutableArray.CreateBuilder<Fault>();
        var daemon = ReadDaemon(file, faults, out var places);
        var noCluster = NoClusterFrom(daemon);
        var loaded = DaemonSettings.Load(file, hocon);
        foreach (var error in loaded.Errors)
        {
            if (noCluster is not null && error == $"{file}: {noCluster}")
                continue; // of this place, not of the file
            if (OfHocon(error, hocon) is { } placed)
                faults.Add(placed);
            else if (places is not null && error.StartsWith($"{file}: ", StringComparison.Ordinal))
                faults.Add(OfJson(file, error[(file.Length + 2)..], places));
        }

        foreach (var warning in loaded.Warnings)
        {
            if (places is null)
                continue;
            var fault = OfJson(file, warning[(file.Length + 2)..], places);
            // One that upstream has and that does nothing here is no mistake; one that nobody knows is.
            faults.Add(fault with { IsError = fault.Message.StartsWith("there is no key", StringComparison.Ordinal) });
        }

        return new Outcome(daemon, faults.ToImmutable(), noCluster);
    }

    private static DaemonConfiguration? ReadDaemon(
        string file,
        ImmutableArray<Fault>.Builder faults,
        out JsonPlaces? places
    )
    {
        places = null;
        try
        {
            ReadOnlyMemory<byte> json = File.ReadAllBytes(file);
            if (json.Span.StartsWith("\uFEFF"u8))
                json = json[3..];
            if (TryPlaces(file, json, faults) is not { } found)
                return null;
            places = found;
            return DaemonConfiguration.Parse(json, []);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add(new Fault(file, 0, 0, "", $"cannot be read: {e.Message}", "name another with --config FILE"));
            return null;
        }
    }

    /// <summary>Adds a fault when it is no JSON.</summary>
    public static JsonPlaces? TryPlaces(string file, ReadOnlyMemory<byte> json, ICollection<Fault> faults)
    {
        try
        {
            return JsonPlaces.Of(json);
        }
        catch (JsonException e)
        {
            var (line, column) = JsonPlaces.PlaceOf(json.Span, JsonPlaces.OffsetOf(json.Span, e));
            faults.Add(new Fault(file, line, column, "", $"is not JSON: {WordsOf(json.Span, e)}"));
            return null;
        }
    }

    /// <summary>A text about one key of a JSON file, with the place where the key stands.</summary>
    public static Fault OfJson(string file, string text, JsonPlaces places)
    {
        var (message, hint) = FaultText.Split(text);
        var key = FaultText.KeyIn(message, places);
        var (line, column) = key.Length == 0 ? (0, 0) : places.PlaceOf(places.OffsetOfKey(key)!.Value);
        return new Fault(file, line, column, key, message, hint);
    }

    /// <summary>What is wrong with a text that is no JSON, without line and column.</summary>
    public static string WordsOf(ReadOnlySpan<byte> json, JsonException fault)
    {
        var described = JsonFault.Describe(json, fault); // "line 3, column 5, at `…»…`: what"
        var begin = described.IndexOf(", at `", StringComparison.Ordinal);
        return begin < 0 ? described : described[(begin + 2)..];
    }

    private static Fault? OfHocon(string error, string? hocon)
    {
        if (hocon is null || FaultText.Placed(error, hocon) is not { } placed)
            return null;
        var (message, hint) = FaultText.Split(placed.Text);
        var words = message.Split(' ');
        const string unknown = "there is no key ";
        var key =
            message.StartsWith(unknown, StringComparison.Ordinal) ? message[unknown.Length..].Split(' ')[0]
            : words[0].Contains('.', StringComparison.Ordinal) ? words[0].TrimEnd(':')
            : "";
        return new Fault(hocon, placed.Line, placed.Column, key, message, hint);
    }

    private static string? NoClusterFrom(DaemonConfiguration? daemon)
    {
        if (daemon is null)
            return "the daemon's configuration, which names the cluster, cannot be read";
        try
        {
            _ = ClusterSource.Of(daemon, Environment.GetEnvironmentVariable);
            return null;
        }
        catch (ApiConfigurationException e)
        {
            return e.Message;
        }
    }
}
