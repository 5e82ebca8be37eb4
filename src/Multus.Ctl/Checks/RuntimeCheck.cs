using System.Collections.Immutable;
using Multus.Cni;
using Multus.Configuration;
using Multus.Core.Configuration;
using Multus.Core.Networks;
using Multus.Ctl.Nodes;
using Multus.Engine.Attach;

namespace Multus.Ctl.Checks;

/// <summary>
/// The folder in which the container runtime finds its network: whether Multus is the first there, and what is wrong
/// with each file.
/// </summary>
internal sealed class RuntimeCheck(string folder, DaemonConfiguration? daemon, IReadOnlySet<string>? plugins)
{
    private readonly ImmutableArray<Fault>.Builder _faults = ImmutableArray.CreateBuilder<Fault>();

    // The file that the runtime takes: the first by name.
    private string? Chosen { get; set; }

    public ImmutableArray<Fault> Run()
    {
        var read = ConfigurationReader.ReadFolder(folder);
        if (read.Unreadable is { } reason)
        {
            _faults.Add(new Fault(folder, 0, 0, "", $"cannot be read: {reason}", "name another with --conf-dir DIR"));
            return _faults.ToImmutable();
        }

        if (read.Files.IsEmpty)
        {
            _faults.Add(
                new Fault(
                    folder,
                    0,
                    0,
                    "",
                    "has no .conf, .conflist or .json file: the container runtime has no network",
                    "start the daemon with multusConfigFile auto, or name another folder with --conf-dir DIR"
                )
            );
            return _faults.ToImmutable();
        }

        Chosen = read.Files[0].Path;
        foreach (var file in read.Files)
            Check(file);
        return _faults.ToImmutable();
    }

    private void Check(ConfigurationFile file)
    {
        if (file.Problem.StartsWith("cannot be read", StringComparison.Ordinal))
        {
            _faults.Add(new Fault(file.Path, 0, 0, "", file.Problem));
            return;
        }

        ReadOnlyMemory<byte> json = File.ReadAllBytes(file.Path);
        if (DaemonCheck.TryPlaces(file.Path, json, _faults) is not { } places)
            return;
        var before = _faults.Count;
        if (file.Network is { } network && ConfigurationFiles.RunsMultus(network))
            CheckOwn(file, json, places);
        else
            CheckOther(file, json, places);
        if (file.Problem.Length > 0 && _faults.Count == before)
            _faults.Add(DaemonCheck.OfJson(file.Path, file.Problem, places));
    }

    private void CheckOther(ConfigurationFile file, ReadOnlyMemory<byte> json, JsonPlaces places)
    {
        if (file.Path == Chosen)
            _faults.Add(
                new Fault(
                    file.Path,
                    0,
                    0,
                    "",
                    "is the first by name, so the container runtime uses it and does not call Multus",
                    "Multus' own is usually 00-multus.conf"
                )
            );
        foreach (var wrong in new NetworkShape(plugins).FaultsOf(json, ""))
            _faults.Add(Placed(file.Path, wrong, places));
    }

    private void CheckOwn(ConfigurationFile file, ReadOnlyMemory<byte> json, JsonPlaces places)
    {
        var (own, prefix) = RuntimeFolder.OwnOf(json);
        foreach (var member in CniJson.Parse(own).EnumerateObject())
        {
            if (
                ConfigurationKeys.Counting.Contains(member.Name, StringComparer.OrdinalIgnoreCase) || IsCni(member.Name)
            )
                continue;
            if (Spelling.Nearest(member.Name, ConfigurationKeys.Counting) is { } meant)
                _faults.Add(
                    Placed(
                        file.Path,
                        new NetworkShape.Wrong(
                            prefix + member.Name,
                            $"there is no key {member.Name}",
                            $"did you mean {meant}?"
                        ),
                        places
                    )
                );
        }

        var faults = MultusConfiguration.FaultsOf(own);
        foreach (var fault in faults)
            _faults.Add(DaemonCheck.OfJson(file.Path, fault.Text, places));
        if (faults.IsEmpty)
            CheckTogether(file.Path, own, places);
    }

    // What is wrong with both files, and with neither alone.
    private void CheckTogether(string path, ReadOnlyMemory<byte> own, JsonPlaces places)
    {
        try
        {
            var overlay = daemon?.Json ?? ReadOnlyMemory<byte>.Empty;
            if (daemon is not null && !MultusConfiguration.FaultsOf(overlay).IsEmpty)
                return; // said of that file
            _ = MultusConfiguration.Parse(own, overlay);
        }
        catch (CniException e)
        {
            _faults.Add(DaemonCheck.OfJson(path, e.Error.Text, places));
        }
    }

    private static bool IsCni(string key) =>
        key is "dns" or "ipam" or "args" or "prevResult" or "cniVersions" or "disableCheck" or "plugins";

    private static Fault Placed(string file, NetworkShape.Wrong wrong, JsonPlaces places)
    {
        var path = wrong.Path.Length > 0 ? wrong.Path : FaultText.KeyIn(wrong.Message, places);
        var (line, column) = places.OffsetOfKey(path) is { } offset ? places.PlaceOf(offset) : (0, 0);
        return new Fault(file, line, column, path, wrong.Message, wrong.Hint);
    }
}
