using System.Collections.Immutable;
using System.Reflection;
using Multus.Host.Commands;
using Multus.Host.PendingDeletes;
using Multus.Wire;

namespace Multus.Host;

/// <summary>What the daemon was started with. Flags take one dash or two, as upstream's do.</summary>
internal abstract record CommandLine
{
    public const string DefaultConfigurationFile = "/etc/cni/net.d/multus.d/daemon-config.json";

    public const string Usage = $"""
        usage: multus-daemon [-config FILE] [-hocon FILE]
               multus-daemon -version
               multus-daemon -selftest
               multus-daemon -help
               multus-daemon install [--bin-dir DIR] [--conf-dir DIR] [--cni-dir DIR] [--socket-dir DIR]
                             [--host-root DIR] [--source DIR] [--thin] [--output json]
               multus-daemon uninstall [--bin-dir DIR] [--conf-dir DIR] [--cni-dir DIR] [--host-root DIR]
                             [--wait SECONDS] [--force] [--output json]
               multus-daemon health|ready [-config FILE]
               multus-daemon pending list [-config FILE]
               multus-daemon pending retry|drop NAME…|all [-config FILE]
          -config FILE  the daemon's configuration (default {DefaultConfigurationFile})
          -hocon FILE   settings of the actors, laid over the built-in akka.hocon
          -version      the daemon's version, and those of the packages it runs on
          -selftest     runs what the daemon needs of the actor runtime, in this binary
          -help, -h     this text
          install       puts multus-shim, or multus with --thin, where the container runtime looks
          uninstall     gives the node back: the runtime's configuration and the programs go
          health, ready the answer of the daemon that runs, and exit status 0 if it is well
          pending       the DELs that wait, and those that were given up: list, retry or drop them
        """;

    private CommandLine() { }

    public static string VersionText => $"multus-daemon: version:{VersionNumber}";

    public static string VersionNumber =>
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? "";

    public static CommandLine Parse(IReadOnlyList<string> args)
    {
        if (args.Any(IsHelp))
            return new Help();
        if (args is ["pending", ..])
            return ParsePending([.. args.Skip(1)]);
        if (args is ["install", ..])
            return Commanded(args, InstallCommand.Valued, InstallCommand.Switches, flags => new Install(flags));
        if (args is ["uninstall", ..])
            return Commanded(args, UninstallCommand.Valued, UninstallCommand.Switches, flags => new Uninstall(flags));
        if (args is ["health" or "ready", ..])
        {
            return Commanded(
                args,
                ["config"],
                [],
                flags => new Probe(
                    flags.Text(DefaultConfigurationFile, "config"),
                    args[0] == "ready" ? WirePaths.Ready : WirePaths.Health
                )
            );
        }

        var configuration = DefaultConfigurationFile;
        string? hocon = null;
        for (var i = 0; i < args.Count; i++)
        {
            var (flag, inline) = Split(args[i]);
            if (flag == "version")
                return new Version();
            if (flag == "selftest")
                return new SelfTest();
            if (flag is not ("config" or "hocon"))
                return new Wrong($"unknown argument {args[i]}");
            if ((inline ?? (i + 1 < args.Count ? args[++i] : null)) is not { Length: > 0 } file)
                return new Wrong($"{args[i]} needs a file");
            if (flag == "config")
                configuration = file;
            else
                hocon = file;
        }

        return new Run(configuration, hocon);
    }

    private static CommandLine Commanded(
        IReadOnlyList<string> args,
        string[] valued,
        string[] switches,
        Func<Flags, CommandLine> command
    )
    {
        var flags = Flags.Parse([.. args.Skip(1)], valued, switches);
        return flags.Problem.Length > 0 ? new Wrong($"{args[0]}: {flags.Problem}") : command(flags);
    }

    private static CommandLine ParsePending(IReadOnlyList<string> args)
    {
        var configuration = DefaultConfigurationFile;
        var words = new List<string>();
        for (var i = 0; i < args.Count; i++)
        {
            var (flag, inline) = Split(args[i]);
            if (flag == "config" && (inline ?? (i + 1 < args.Count ? args[++i] : null)) is { Length: > 0 } file)
                configuration = file;
            else if (args[i].StartsWith('-'))
                return new Wrong($"unknown argument {args[i]}, or it needs a file");
            else
                words.Add(args[i]);
        }

        return words switch
        {
            ["list"] => new Pending(configuration, PendingVerb.List, []),
            ["retry", _, ..] => new Pending(configuration, PendingVerb.Retry, [.. words.Skip(1)]),
            ["drop", _, ..] => new Pending(configuration, PendingVerb.Drop, [.. words.Skip(1)]),
            _ => new Wrong("pending needs list, or retry or drop and the names that list shows"),
        };
    }

    private static bool IsHelp(string argument) => argument is "-h" or "--h" or "-help" or "--help";

    private static (string Flag, string? Value) Split(string argument)
    {
        if (!argument.StartsWith('-'))
            return ("", null);

        var name = argument.StartsWith("--", StringComparison.Ordinal) ? argument[2..] : argument[1..];
        return name.Split('=', 2) is [var flag, var value] ? (flag, value) : (name, null);
    }

    public sealed record Run(string ConfigurationFile, string? HoconFile) : CommandLine;

    public sealed record Version : CommandLine;

    public sealed record Help : CommandLine;

    public sealed record SelfTest : CommandLine;

    /// <param name="Names">As the list shows them, or "all".</param>
    public sealed record Pending(string ConfigurationFile, PendingVerb Verb, ImmutableArray<string> Names)
        : CommandLine;

    public sealed record Install(Flags Flags) : CommandLine;

    public sealed record Uninstall(Flags Flags) : CommandLine;

    /// <param name="Path">What is asked for.</param>
    public sealed record Probe(string ConfigurationFile, string Path) : CommandLine;

    public sealed record Wrong(string Reason) : CommandLine;
}
