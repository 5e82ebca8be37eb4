using System.Collections.Immutable;
using System.Reflection;
using Multus.Engine.Installation;
using Multus.Host.Commands;
using Multus.Host.PendingDeletes;
using Multus.Wire;

namespace Multus.Host;

/// <summary>What the daemon was started with. Flags take one dash or two, as upstream's do.</summary>
internal abstract record CommandLine
{
    public const string DefaultConfigurationFile = "/etc/cni/net.d/multus.d/daemon-config.json";

    private const string AFile = "a file";
    private const string UpstreamsInstaller = "install_multus";

    public const string Usage = $"""
        usage: multus-daemon [-config FILE] [-hocon FILE]
               multus-daemon -version
               multus-daemon -selftest
               multus-daemon -help
               multus-daemon install [--bin-dir DIR] [--conf-dir DIR] [--cni-dir DIR] [--socket-dir DIR]
                             [--host-root DIR] [--source DIR] [--thin] [--output json]
               multus-daemon uninstall [--bin-dir DIR] [--conf-dir DIR] [--cni-dir DIR] [--host-root DIR]
                             [--socket-dir DIR] [--config FILE] [--wait SECONDS] [--force] [--output json]
               multus-daemon health|ready [-config FILE]
               multus-daemon kubeconfig-generator [--certdir DIR] [--bootstrap-config FILE] [--kubeconfig FILE]
                             [--cert-duration DURATION]
               multus-daemon cert-approver [--kubeconfig FILE]
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
          kubeconfig-generator
                        keeps a certificate of the node, and a kubeconfig with it for the thin plugin
          cert-approver approves the certificates that the nodes of a cluster ask for
          pending       the DELs that wait, and those that were given up: list, retry or drop them
        Called by the name install_multus it is install with upstream's flags, -t thick|thin and -d DIR; called
        kubeconfig_generator or cert-approver it is that command.
        """;

    private CommandLine() { }

    public static string VersionText => $"multus-daemon: version:{ProductVersion.Number}";

    /// <param name="args">What follows the program's name.</param>
    /// <param name="program">The name by which it was called: upstream's manifests start programs of their own, which
    /// are links to this one in the image.</param>
    public static CommandLine Parse(IReadOnlyList<string> args, string program = "")
    {
        if (args.Any(IsHelp))
            return new Help();
        if (ByUpstreamsName(program, args) is { } upstreams)
            return upstreams;
        var rest = args.Skip(1).ToList();
        return (args.Count > 0 ? args[0] : "") switch
        {
            "pending" => ParsePending(rest),
            "install" => Of("install", InstallCommand.Parse(rest), flags => new Install(flags, IsUpstreams: false)),
            "uninstall" => Of("uninstall", UninstallCommand.Parse(rest), flags => new Uninstall(flags)),
            KubeconfigGeneratorCommand.Name => ParseKubeconfigGenerator(rest),
            CertApproverCommand.Name => ParseCertApprover(rest),
            "health" => ParseProbe("health", rest, WirePaths.Health),
            "ready" => ParseProbe("ready", rest, WirePaths.Ready),
            _ => ParseRun(args),
        };
    }

    private static CommandLine? ByUpstreamsName(string program, IReadOnlyList<string> args) =>
        program switch
        {
            UpstreamsInstaller => Of(
                program,
                InstallCommand.ParseUpstreams(args),
                flags => new Install(flags, IsUpstreams: true)
            ),
            KubeconfigGeneratorCommand.ProgramName => ParseKubeconfigGenerator(args),
            CertApproverCommand.Name => ParseCertApprover(args),
            _ => null,
        };

    private static CommandLine ParseKubeconfigGenerator(IReadOnlyList<string> args) =>
        Of(
            KubeconfigGeneratorCommand.Name,
            KubeconfigGeneratorCommand.Parse(args),
            flags => new KubeconfigGenerator(flags)
        );

    private static CommandLine ParseCertApprover(IReadOnlyList<string> args) =>
        Of(CertApproverCommand.Name, CertApproverCommand.Parse(args), flags => new CertApprover(flags));

    private static CommandLine ParseRun(IReadOnlyList<string> args)
    {
        var flags = Flags.Parse(args, ["config", "hocon"], ["version", "selftest"], AFile);
        if (flags.Has("version"))
            return new Version();
        if (flags.Has("selftest"))
            return new SelfTest();
        return flags.WithoutWords().Problem is { Length: > 0 } problem
            ? new Wrong(problem)
            : new Run(ConfigurationIn(flags), flags.Has("hocon") ? flags.Text("", "hocon") : null);
    }

    private static CommandLine ParseProbe(string name, IReadOnlyList<string> args, string path) =>
        Of(
            name,
            Flags.Parse(args, ["config"], [], AFile).WithoutWords(),
            flags => new Probe(ConfigurationIn(flags), path)
        );

    private static CommandLine ParsePending(IReadOnlyList<string> args) =>
        Of(
            "pending",
            Flags.Parse(args, ["config"], [], AFile),
            flags =>
                flags.Words switch
                {
                    ["list"] => new Pending(ConfigurationIn(flags), PendingVerb.List, []),
                    ["retry", _, ..] => new Pending(
                        ConfigurationIn(flags),
                        PendingVerb.Retry,
                        [.. flags.Words.Skip(1)]
                    ),
                    ["drop", _, ..] => new Pending(ConfigurationIn(flags), PendingVerb.Drop, [.. flags.Words.Skip(1)]),
                    _ => new Wrong("pending needs list, or retry or drop and the names that list shows"),
                }
        );

    private static CommandLine Of(string name, Flags flags, Func<Flags, CommandLine> command) =>
        flags.Problem.Length > 0 ? new Wrong($"{name}: {flags.Problem}") : command(flags);

    private static string ConfigurationIn(Flags flags) => flags.Text(DefaultConfigurationFile, "config");

    private static bool IsHelp(string argument) => argument is "-h" or "--h" or "-help" or "--help";

    public sealed record Run(string ConfigurationFile, string? HoconFile) : CommandLine;

    public sealed record Version : CommandLine;

    public sealed record Help : CommandLine;

    public sealed record SelfTest : CommandLine;

    /// <param name="Names">As the list shows them, or "all".</param>
    public sealed record Pending(string ConfigurationFile, PendingVerb Verb, ImmutableArray<string> Names)
        : CommandLine;

    /// <param name="IsUpstreams">Whether it was called as upstream's program.</param>
    public sealed record Install(Flags Flags, bool IsUpstreams) : CommandLine;

    public sealed record Uninstall(Flags Flags) : CommandLine;

    public sealed record KubeconfigGenerator(Flags Flags) : CommandLine;

    public sealed record CertApprover(Flags Flags) : CommandLine;

    /// <param name="Path">What is asked for.</param>
    public sealed record Probe(string ConfigurationFile, string Path) : CommandLine;

    public sealed record Wrong(string Reason) : CommandLine;
}
