using System.Globalization;
using Multus.Bench.Daemons;

namespace Multus.Bench;

/// <summary>The command line; eng/bench.sh is its only user.</summary>
/// <param name="Build">The published binaries.</param>
/// <param name="Against">Those of another build to be measured in alternation; null for none.</param>
/// <param name="NullPlugin">The plugin that answers at once.</param>
/// <param name="PluginFolder">Folder of the real plugins bridge and host-local.</param>
/// <param name="WorkFolder">Empty folder that the caller removes afterwards.</param>
/// <param name="Prefix">Begins the name of every network namespace made; the caller deletes them.</param>
/// <param name="Output">Where the JSON rows go.</param>
/// <param name="Quick">Only the workloads that have a goal.</param>
/// <param name="Only">Only the workloads with this in their description, e.g. "bridge, 9"; empty for all.</param>
/// <param name="Rounds">How often each workload is measured on each build when there are two.</param>
internal sealed record BenchOptions(
    Build Build,
    Build? Against,
    string NullPlugin,
    string PluginFolder,
    string WorkFolder,
    string Prefix,
    string Output,
    bool Quick,
    string Only,
    int Rounds
)
{
    private const int DefaultRounds = 5;

    private static readonly string[] Names =
    [
        "--shim",
        "--daemon",
        "--against",
        "--null",
        "--plugins",
        "--work",
        "--prefix",
        "--out",
        "--only",
        "--rounds",
    ];

    public static BenchOptions Parse(IReadOnlyList<string> args)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var quick = false;
        for (var i = 0; i < args.Count; i++)
        {
            if (args[i] == "--quick")
                quick = true;
            else if (Names.Contains(args[i]) && i + 1 < args.Count)
                values[args[i]] = args[++i];
            else
                throw new BenchException(
                    $"'{args[i]}' is not an option with a value; ./build.sh bench takes --quick, --only WORDS, --against DIR and --rounds N"
                );
        }

        return new BenchOptions(
            new Build(Existing(values, "--shim"), Existing(values, "--daemon")),
            AgainstIn(values),
            Existing(values, "--null"),
            Existing(values, "--plugins"),
            Existing(values, "--work"),
            Value(values, "--prefix"),
            Value(values, "--out"),
            quick,
            values.GetValueOrDefault("--only", ""),
            RoundsIn(values)
        );
    }

    private static Build? AgainstIn(Dictionary<string, string> values)
    {
        if (!values.ContainsKey("--against"))
            return null;

        var folder = Existing(values, "--against");
        return new Build(Binary(folder, "multus-shim"), Binary(folder, "multus-daemon"));
    }

    private static string Binary(string folder, string name) =>
        Path.Combine(folder, name) is var path && File.Exists(path)
            ? path
            : throw new BenchException(
                $"--against: there is no {path}; name the artifacts folder of a checkout in which './build.sh publish' has run"
            );

    private static int RoundsIn(Dictionary<string, string> values)
    {
        if (!values.TryGetValue("--rounds", out var text))
            return DefaultRounds;
        if (!values.ContainsKey("--against"))
            throw new BenchException("--rounds says how often two builds take turns, and goes with --against DIR only");
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) && rounds > 0
            ? rounds
            : throw new BenchException($"--rounds: '{text}' is not a number of rounds, which is 1 or more");
    }

    private static string Existing(Dictionary<string, string> values, string name)
    {
        var path = Path.GetFullPath(Value(values, name));
        return Path.Exists(path) ? path : throw new BenchException($"{name}: there is no {path}");
    }

    private static string Value(Dictionary<string, string> values, string name) =>
        values.TryGetValue(name, out var value)
            ? value
            : throw new BenchException($"the option {name} is missing; start the benchmark with ./build.sh bench");
}
