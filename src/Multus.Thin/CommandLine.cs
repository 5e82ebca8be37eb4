using System.Reflection;
using System.Text;
using Multus.Cni.FrontEnd;
using Multus.Thin.Installation;

namespace Multus.Thin;

/// <summary>A CNI plugin has no arguments; a person at a shell has, and who installs it.</summary>
internal static class CommandLine
{
    public const string Name = "multus";

    private const int WrongUsage = 64; // EX_USAGE, sysexits.h

    private const string Usage = $"""
        usage: {Name} -version
               {Name} install [--bin-dir DIR] [--cni-conf-dir DIR] [--kubeconfig FILE] [--cluster-network NETWORK]
                              [--service-account-dir DIR] [--once] [--cleanup-config-on-exit]
                              [FLAGS of upstream's thin_entrypoint]
        Called by the name thin_entrypoint it is install, with upstream's flags and their defaults (the node below
        /host). A container runtime makes a CNI call through CNI_* variables and stdin: {Name} is then the plugin of type
        "multus", which attaches the networks of pods by itself, without a daemon.
        """;

    /// <summary>The version, with the commit behind a plus sign.</summary>
    public static string Version { get; } =
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? "";

    /// <summary>
    /// Whether it was called by the name of upstream's installer, as upstream's manifests do in their containers.
    /// </summary>
    public static bool IsUpstreamsInstaller =>
        Path.GetFileName(Environment.GetCommandLineArgs()[0]) is "thin_entrypoint" or "entrypoint.sh";

    public static Task<int> RunAsync(string[] args)
    {
        if (IsUpstreamsInstaller && !args.Any(IsHelp))
            return InstallAsync(args, isUpstreams: true);
        switch (args.FirstOrDefault() ?? "")
        {
            case "-version" or "--version" or "-v" or "--v":
                StandardStreams.Print(Encoding.UTF8.GetBytes(VersionLine + "\n"));
                return Task.FromResult(0);
            case var help when IsHelp(help):
                StandardStreams.Print(Encoding.UTF8.GetBytes(Usage + "\n"));
                return Task.FromResult(0);
            case "install":
                return InstallAsync(args[1..], isUpstreams: false);
            default:
                return Task.FromResult(Misused($"unknown argument '{args[0]}'"));
        }
    }

    private static Task<int> InstallAsync(string[] args, bool isUpstreams)
    {
        var flags = InstallOptions.Parse(args);
        return flags.Problem.Length > 0
            ? Task.FromResult(Misused(flags.Problem))
            : Installer.RunAsync(new InstallOptions(flags, isUpstreams));
    }

    private static bool IsHelp(string argument) => argument is "-h" or "--h" or "-help" or "--help";

    private static int Misused(string problem)
    {
        StandardStreams.Say($"{Name}: {problem}\n{Usage}");
        return WrongUsage;
    }

    // As the shim's, which is as upstream's.
    private static string VersionLine =>
        Version.Split('+') is [var number, var commit, ..]
            ? $"{Name}: version:{number}(), commit:{commit}, date:unknown"
            : $"{Name}: version:{Version}(), commit:unknown, date:unknown";
}
