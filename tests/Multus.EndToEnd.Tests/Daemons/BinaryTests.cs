using System.Xml.Linq;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;

namespace Multus.EndToEnd.Tests.Daemons;

/// <summary>What is in the published daemon: the AOT compiler leaves out what it cannot see to be used.</summary>
public sealed class BinaryTests
{
    private static readonly string[] Features =
    [
        "start",
        "settings",
        "registry",
        "untyped-actor",
        "become",
        "supervision",
        "watch-with",
        "timers",
        "stash",
        "pipe-to",
        "ask-timeout",
        "receive-timeout",
        "default-dispatcher",
        "pinned-dispatcher",
        "event-stream",
        "no-serializer",
        "logger",
        "coordinated-shutdown",
        "no-complaints",
    ];

    [Fact]
    public void Each_feature_of_the_actor_runtime_that_the_daemon_uses_works_in_the_published_binary()
    {
        var run = ProcessTool.Try(Binaries.Daemon, "-selftest");

        Assert.Equal(Features.Select(feature => $"{feature}: ok"), Lines(run.Stdout));
        Assert.Equal((0, ""), (run.ExitCode, run.Stderr));
    }

    [Fact]
    public void The_published_daemon_runs_on_the_packages_that_the_tree_names()
    {
        var lines = Lines(ProcessTool.Run(Binaries.Daemon, "-version"));
        var found = lines
            .Skip(1)
            .Select(line => line.Trim().Split(' '))
            .ToDictionary(words => words[0], words => words[1]);
        var named = NamedVersions();

        Assert.StartsWith("multus-daemon: version:", lines[0], StringComparison.Ordinal);
        Assert.Superset(
            new HashSet<string> { "Akka", "Akka.Hosting", "Grpc.Net.Client", "KubernetesClient.Aot", "Serilog" },
            found.Keys.ToHashSet()
        );
        Assert.Equal(
            found.Keys.ToDictionary(package => package, package => named[package]),
            found.ToDictionary(one => one.Key, one => Release(one.Value))
        );
    }

    // Serilog's releases say which branch they were built from: 4.4.0-main-497f80f.
    private static string Release(string version) => version.Split("-main-")[0];

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static Dictionary<string, string> NamedVersions() =>
        XDocument
            .Load(Path.Combine(Binaries.Tree, "Directory.Packages.props"))
            .Descendants("PackageVersion")
            .ToDictionary(
                package => package.Attribute("Include")!.Value,
                package => package.Attribute("Version")!.Value
            );
}
