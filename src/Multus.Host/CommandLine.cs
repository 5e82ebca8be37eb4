using System.Reflection;

namespace Multus.Host;

/// <summary>What the daemon was started with. Flags take one dash or two, as upstream's do.</summary>
internal abstract record CommandLine
{
    public const string DefaultConfigurationFile = "/etc/cni/net.d/multus.d/daemon-config.json";

    public const string Usage =
        $"""
        usage: multus-daemon [-config FILE] [-hocon FILE]
               multus-daemon -version
               multus-daemon -selftest
          -config FILE  the daemon's configuration (default {DefaultConfigurationFile})
          -hocon FILE   settings of the actors, laid over the built-in akka.hocon
          -version      the daemon's version, and those of the packages it runs on
          -selftest     runs what the daemon needs of the actor runtime, in this binary
        """;

    private CommandLine() { }

    public static string VersionText => $"multus-daemon: version:{VersionNumber}";

    public static string VersionNumber =>
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    public static CommandLine Parse(IReadOnlyList<string> args)
    {
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

    private static (string Flag, string? Value) Split(string argument)
    {
        if (!argument.StartsWith('-'))
            return ("", null);

        var name = argument.StartsWith("--", StringComparison.Ordinal) ? argument[2..] : argument[1..];
        return name.Split('=', 2) is [var flag, var value] ? (flag, value) : (name, null);
    }

    public sealed record Run(string ConfigurationFile, string? HoconFile) : CommandLine;

    public sealed record Version : CommandLine;

    public sealed record SelfTest : CommandLine;

    public sealed record Wrong(string Reason) : CommandLine;
}
