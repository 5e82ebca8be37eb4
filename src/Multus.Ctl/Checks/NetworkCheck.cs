using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Multus.Cni;
using Multus.Core.Networks;

namespace Multus.Ctl.Checks;

/// <summary>What is wrong with one network-attachment-definition, whatever the node.</summary>
/// <param name="confDir">Has the configurations of those that have none of their own.</param>
/// <param name="plugins">The names of the plugins that are on the node; null when that is not known.</param>
internal sealed class NetworkCheck(ConfigurationFolder confDir, IReadOnlySet<string>? plugins)
{
    public ImmutableArray<Fault> Run(CheckedNetwork of)
    {
        var faults = ImmutableArray.CreateBuilder<Fault>();
        CheckAnnotations(of, faults);
        if (of.Network.HasNoConfig)
            CheckConfDir(of, faults);
        else
            CheckConfig(of, faults);
        return faults.ToImmutable();
    }

    private static void CheckAnnotations(CheckedNetwork of, ImmutableArray<Fault>.Builder faults)
    {
        const string key = NetworkAttachmentDefinition.AttachModeAnnotation;
        var mode = of.Network.Annotations.GetValueOrDefault(key);
        if (mode is not (null or "" or "parallel" or "sequential"))
            faults.Add(Of(of, key, $"annotation {key} is \"{mode}\"", "it must be parallel or sequential"));
    }

    private void CheckConfDir(CheckedNetwork of, ImmutableArray<Fault>.Builder faults)
    {
        try
        {
            _ = confDir.Named(of.Network.Key.Name);
        }
        catch (CniException e)
        {
            faults.Add(Of(of, "spec.config", $"has no spec.config: {e.Error.Message}", e.Error.Details ?? ""));
        }
    }

    private void CheckConfig(CheckedNetwork of, ImmutableArray<Fault>.Builder faults)
    {
        ReadOnlyMemory<byte> json = Encoding.UTF8.GetBytes(of.Network.Config);
        JsonPlaces places;
        try
        {
            places = JsonPlaces.Of(json);
        }
        catch (JsonException e)
        {
            var at = JsonPlaces.OffsetOf(json.Span, e);
            faults.Add(
                Placed(of, json, at, Of(of, "spec.config", $"is not JSON: {DaemonCheck.WordsOf(json.Span, e)}"))
            );
            return;
        }

        foreach (var (path, offset) in places.Twice)
            faults.Add(Placed(of, json, offset, Of(of, path, $"key {path} is there twice: the last one counts")));
        foreach (var wrong in new NetworkShape(plugins).FaultsOf(json, of.Network.Key.Name))
        {
            var path = wrong.Path.Length > 0 ? wrong.Path : FaultText.KeyIn(wrong.Message, places);
            var offset = IsAboutValue(wrong.Message) ? places.OffsetOfValue(path) : places.OffsetOfKey(path);
            faults.Add(Placed(of, json, offset ?? 0, Of(of, path, wrong.Message, wrong.Hint)));
        }
    }

    private static bool IsAboutValue(string message) => !message.Contains("no key ", StringComparison.Ordinal);

    private static Fault Of(CheckedNetwork of, string key, string message, string hint = "")
    {
        var name = of.Network.Key.ToString();
        return of.File is null
            ? new Fault($"network-attachment-definition {name}", 0, 0, key, message, hint) { Network = name }
            : new Fault(of.File, (int)of.Line, 0, key, message, hint) { Network = name };
    }

    private static Fault Placed(CheckedNetwork of, ReadOnlyMemory<byte> json, int offset, Fault fault)
    {
        var inside = JsonPlaces.PlaceOf(json.Span, offset);
        if (of.Place is not null)
        {
            var (line, column) = of.Place.At(Encoding.UTF8.GetCharCount(json.Span[..Math.Min(offset, json.Length)]));
            return fault with { Line = (int)line, Column = (int)column, Inside = inside };
        }

        return of.File is null
            ? fault with
            {
                Line = inside.Line,
                Column = inside.Column,
                Inside = inside,
            }
            : fault with
            {
                Inside = inside,
            };
    }
}
