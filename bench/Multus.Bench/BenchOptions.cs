namespace Multus.Bench;

/// <summary>The command line; eng/bench.sh is its only user.</summary>
/// <param name="Shim">The published multus-shim.</param>
/// <param name="Daemon">The published multus-daemon.</param>
/// <param name="NullPlugin">The plugin that answers at once.</param>
/// <param name="PluginFolder">Folder of the real plugins bridge and host-local.</param>
/// <param name="WorkFolder">Empty folder that the caller removes afterwards.</param>
/// <param name="Prefix">Begins the name of every network namespace made; the caller deletes them.</param>
/// <param name="Output">Where the JSON rows go.</param>
/// <param name="Quick">Only the workloads that have a goal.</param>
/// <param name="Only">Only the workloads with this in their description, e.g. "bridge, 9"; empty for all.</param>
internal sealed record BenchOptions(
    string Shim, string Daemon, string NullPlugin, string PluginFolder, string WorkFolder, string Prefix, string Output, bool Quick, string Only)
{
    public static BenchOptions Parse(IReadOnlyList<string> args)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var quick = false;
        for (var i = 0; i < args.Count; i++)
        {
            if (args[i] == "--quick")
                quick = true;
            else if (args[i].StartsWith("--", StringComparison.Ordinal) && i + 1 < args.Count)
                values[args[i]] = args[++i];
            else
                throw new BenchException($"'{args[i]}' is not an option with a value; start the benchmark with ./build.sh bench");
        }

        return new BenchOptions(
            Existing(values, "--shim"), Existing(values, "--daemon"), Existing(values, "--null"), Existing(values, "--plugins"),
            Existing(values, "--work"), Value(values, "--prefix"), Value(values, "--out"), quick, values.GetValueOrDefault("--only", ""));
    }

    private static string Existing(Dictionary<string, string> values, string name)
    {
        var path = Path.GetFullPath(Value(values, name));
        return Path.Exists(path) ? path : throw new BenchException($"{name}: there is no {path}");
    }

    private static string Value(Dictionary<string, string> values, string name) =>
        values.TryGetValue(name, out var value) ? value : throw new BenchException($"the option {name} is missing; start the benchmark with ./build.sh bench");
}
