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
        A container runtime makes a CNI call through CNI_* variables and stdin: {Name} is then the plugin of type
        "multus", which attaches the networks of pods by itself, without a daemon.
        """;

    /// <summary>The version, with the commit behind a plus sign.</summary>
    public static string Version { get; } =
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? "";

    public static Task<int> RunAsync(string[] args)
    {
        switch (args[0])
        {
            case "-version" or "--version" or "-v" or "--v":
                StandardStreams.Print(Encoding.UTF8.GetBytes(VersionLine + "\n"));
                return Task.FromResult(0);
            case "-h" or "--h" or "-help" or "--help":
                StandardStreams.Print(Encoding.UTF8.GetBytes(Usage + "\n"));
                return Task.FromResult(0);
            case "install":
                return InstallAsync(args[1..]);
            default:
                return Task.FromResult(Misused($"unknown argument '{args[0]}'"));
        }
    }

    private static Task<int> InstallAsync(string[] args)
    {
        InstallOptions options;
        try
        {
            options = InstallOptions.Parse(args);
        }
        catch (ArgumentException wrong)
        {
            return Task.FromResult(Misused(wrong.Message));
        }

        return Installer.RunAsync(options);
    }

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
