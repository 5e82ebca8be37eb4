using System.Text.Json;

namespace Multus.Configuration;

/// <summary>
/// The keys of <c>daemon-config.json</c>: those that count, and those of upstream that do nothing here. Whatever their
/// case.
/// </summary>
internal static class ConfigurationKeys
{
    private static readonly string[] Known =
    [
        "allowNoAddress",
        "apiServer",
        "attachMode",
        "auxiliaryCNIChainName",
        "binDir",
        "capabilities",
        "chrootDir",
        "clusterNetwork",
        "cniConfigDir",
        "cniDir",
        "cniVersion",
        "confDir",
        "containerRuntimeSocket",
        "daemonSocketDir",
        "defaultDelegates",
        "defaultNetworkNamespaces",
        "defaultNetworks",
        "delegates",
        "deviceInfoDir",
        "dialect",
        "disableGC",
        "forceCNIVersion",
        "globalNamespaces",
        "kubeconfig",
        "kubeletDir",
        "logFile",
        "logLevel",
        "logOptions",
        "logToStderr",
        "manifestDir",
        "metricsAddress",
        "metricsPort",
        "multusAutoconfigDir",
        "multusConfigFile",
        "multusMasterCNI",
        "multusNamespace",
        "name",
        "namespaceIsolation",
        "overrideNetworkName",
        "perNodeCertificate",
        "readinessindicatorfile",
        "removeConfigOnExit",
        "runtimeCacheDir",
        "runtimeConfig",
        "runtimeConfigDir",
        "runtimeConfigFile",
        "serviceAccountDir",
        "settleSeconds",
        "socketDir",
        "nodeEvents",
        "staleSandboxes",
        "staleSandboxGraceSeconds",
        "statusDir",
        "systemNamespaces",
        "type",
        "ui",
        "uiHosts",
        "uiTokenFile",
    ];

    /// <summary>Those that something reads.</summary>
    public static IReadOnlyList<string> Counting => Known;

    private static readonly string[] LogOptions = ["maxAge", "maxSize", "maxBackups"];

    // With what an operator who relies on them has to know.
    private static readonly Dictionary<string, string> Idle = new(StringComparer.OrdinalIgnoreCase)
    {
        ["connectionLimit"] =
            "what works at once is bounded by multus.sandboxes.max-attaching and multus.delegates.slots in akka.hocon",
        ["enablePprof"] = "there is no profiler to reach",
        ["retryDeleteOnError"] = "a DEL that failed is always tried again",
    };

    /// <summary>A line for each key that changes nothing, with why, or what may have been meant.</summary>
    /// <param name="root">The file's object.</param>
    public static IEnumerable<string> WithoutEffect(JsonElement root)
    {
        foreach (var member in root.EnumerateObject())
        {
            if (Idle.TryGetValue(member.Name, out var why))
                yield return $"{member.Name} has no effect here: {why}";
            else if (!Contains(Known, member.Name))
                yield return Unknown(Hocon.Setting.Join([member.Name]), member.Name, Known.Concat(Idle.Keys));
            else if (
                member.Name.Equals("logOptions", StringComparison.OrdinalIgnoreCase)
                && member.Value.ValueKind == JsonValueKind.Object
            )
            {
                foreach (var option in OfLogOptions(member))
                    yield return option;
            }
        }
    }

    private static IEnumerable<string> OfLogOptions(JsonProperty options)
    {
        foreach (var option in options.Value.EnumerateObject())
        {
            if (Contains(LogOptions, option.Name))
                continue;

            var key = Hocon.Setting.Join([options.Name, option.Name]);
            yield return option.Name.Equals("compress", StringComparison.OrdinalIgnoreCase)
                ? $"{key} has no effect here: old log files are not compressed"
                : Unknown(key, option.Name, LogOptions);
        }
    }

    private static string Unknown(string key, string name, IEnumerable<string> known) =>
        $"there is no key {key}, it has no effect"
        + (Spelling.Nearest(name, known) is { } near ? $"; did you mean {near}?" : "");

    private static bool Contains(string[] keys, string name) => keys.Contains(name, StringComparer.OrdinalIgnoreCase);
}
