using System.Text.Json;
using Multus.Core.Generation;
using Multus.Engine.Installation;
using Multus.Kubernetes.Api.Configuration;
using Multus.Wire;

namespace Multus.Configuration;

/// <summary>
/// The keys of <c>daemon-config.json</c> that say how the container runtime comes to call Multus (wire-and-daemon.md
/// §§6, 9).
/// </summary>
internal static class RuntimeConfigKeys
{
    private const string Auto = "auto";

    /// <summary>Those that count only where the configuration is generated.</summary>
    private static readonly string[] OfTheGenerator =
    [
        "capabilities",
        "daemonSocketDir",
        "forceCNIVersion",
        "multusAutoconfigDir",
        "multusMasterCNI",
        "overrideNetworkName",
        "settleSeconds",
        "type",
    ];

    /// <summary>Null: the daemon has nothing to do with that file.</summary>
    /// <param name="root">The whole configuration.</param>
    /// <param name="keys">The same, for reading it and for its errors.</param>
    /// <param name="cniDir">Holds what an earlier installation has left.</param>
    public static RuntimeConfigSettings? Read(JsonElement root, KeyReader keys, string cniDir)
    {
        var configured = keys.Text("multusConfigFile", "");
        var ready = keys.Text("runtimeConfigFile", "");
        var networkFolder = keys.Text("multusAutoconfigDir", "");
        var master = keys.Text("multusMasterCNI", "");
        var folder = keys.Text(
            "cniConfigDir",
            keys.Text("runtimeConfigDir", DaemonConfiguration.DefaultRuntimeConfigDir)
        );
        var isAuto = configured is Auto || (configured.Length == 0 && networkFolder.Length + master.Length > 0);
        Check(keys, configured, ready, networkFolder, master, folder, isAuto);
        var settings = new RuntimeConfigSettings
        {
            Folder = folder,
            RemoveOnExit = keys.Flag("removeConfigOnExit", false),
            UninstalledMarker = Path.Combine(cniDir, InstallMarkers.Uninstalled),
            Settle = TimeSpan.FromSeconds(keys.Number("settleSeconds", 2)),
        };
        if (isAuto)
        {
            var indicator = keys.Text("readinessindicatorfile", "");
            return settings with
            {
                Template = new RuntimeConfigTemplate(root, WirePaths.ShimType, Inherited(cniDir, keys)),
                NetworkFolder = networkFolder.Length > 0 ? networkFolder : folder,
                MasterFile = master,
                ForceVersion = keys.Flag("forceCNIVersion", false),
                ReadinessIndicator = indicator.Length > 0 ? Path.GetFullPath(indicator) : "",
            };
        }

        var file = configured.Length > 0 ? configured : ready;
        return file.Length == 0
            ? null
            : settings with
            {
                FixedFile = file,
                FileName = Path.GetFileName(file),
                Settle = TimeSpan.Zero,
            };
    }

    private static JsonElement Inherited(string cniDir, KeyReader keys)
    {
        try
        {
            return InheritedKeys.Read(cniDir);
        }
        catch (Exception damaged) when (damaged is IOException or JsonException or UnauthorizedAccessException)
        {
            keys.Require(
                "multusConfigFile",
                holds: false,
                $"needs {Path.Combine(cniDir, InheritedKeys.FileName)}, what install has taken over, and that cannot "
                    + $"be read: {damaged.Message} Write its keys into this configuration and remove it"
            );
            return default;
        }
    }

    /// <summary>A line for each key of the generator where nothing is generated.</summary>
    public static IEnumerable<string> WithoutEffect(JsonElement root, RuntimeConfigSettings? settings)
    {
        if (settings?.Template is not null)
            yield break;
        foreach (var member in root.EnumerateObject())
        {
            if (OfTheGenerator.Contains(member.Name, StringComparer.OrdinalIgnoreCase))
                yield return $"{member.Name} has no effect here: 00-multus.conf is not generated; set "
                    + "multusConfigFile to auto";
        }
    }

    private static void Check(
        KeyReader keys,
        string configured,
        string ready,
        string networkFolder,
        string master,
        string folder,
        bool isAuto
    )
    {
        keys.Require(
            "multusConfigFile",
            configured is "" or Auto or ['/', .., not '/'],
            "must be auto or the absolute path of a file"
        );
        keys.Require("runtimeConfigFile", ready is "" or ['/', .., not '/'], "must be the absolute path of a file");
        keys.Require(
            "runtimeConfigFile",
            ready.Length == 0 || configured.Length + networkFolder.Length + master.Length == 0,
            "is a ready-made configuration: it cannot be beside multusConfigFile, multusAutoconfigDir or "
                + "multusMasterCNI"
        );
        keys.Require("multusAutoconfigDir", networkFolder is "" or ['/', ..], "must be an absolute path");
        keys.Require(
            "multusMasterCNI",
            !master.Contains('/', StringComparison.Ordinal),
            "must be the name of a file in multusAutoconfigDir"
        );
        keys.Require("cniConfigDir", folder.StartsWith('/'), "must be an absolute path");
        if (isAuto)
        {
            var version = keys.Text("cniVersion", "");
            keys.Require(
                "cniVersion",
                version.Length == 0 || (Cni.CniVersion.TryParse(version, out var known) && known.IsSupported),
                "must be a version of the CNI specification up to 1.1.0, or left out: then the runtime is asked"
            );
        }
    }
}
