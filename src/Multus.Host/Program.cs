using System.Runtime.InteropServices;
using Multus.Host.Commands;
using Multus.Host.Limits;
using Multus.Host.Logging;
using Multus.Host.PendingDeletes;
using Multus.Host.Server;
using Multus.Kubernetes;
using Multus.Kubernetes.Api.Configuration;
using Multus.Linux.Processes;

namespace Multus.Host;

/// <summary>The node daemon: command line, configuration, log, build, run, drain, exit code.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        NativeHeap.UseOneArena(); // docs/decisions/0008-memory.md
        switch (CommandLine.Parse(args, Path.GetFileName(Environment.GetCommandLineArgs()[0])))
        {
            case CommandLine.Version:
                await Console.Out.WriteLineAsync(CommandLine.VersionText);
                foreach (var package in PackageVersions.Lines)
                    await Console.Out.WriteLineAsync($"  {package}");
                return ExitCode.Success;
            case CommandLine.Help:
                await Console.Out.WriteLineAsync(CommandLine.Usage);
                return ExitCode.Success;
            case CommandLine.SelfTest:
                return await SelfTests.SelfTest.RunAsync(Console.Out);
            case CommandLine.Wrong wrong:
                await Console.Error.WriteLineAsync($"multus-daemon: {wrong.Reason}\n{CommandLine.Usage}");
                return ExitCode.Usage;
            case CommandLine.Pending pending:
                return RunPending(pending);
            case CommandLine.Install install:
                return await UntilSignalAsync(
                    new InstallCommand(install.Flags, install.IsUpstreams, Console.Out, Console.Error).RunAsync
                );
            case CommandLine.Uninstall uninstall:
                return await UntilSignalAsync(
                    new UninstallCommand(uninstall.Flags, Console.Out, Console.Error, TimeProvider.System).RunAsync
                );
            case CommandLine.KubeconfigGenerator generator:
                return await UntilSignalAsync(stop => KubeconfigGeneratorCommand.RunAsync(generator.Flags, stop));
            case CommandLine.CertApprover approver:
                return await UntilSignalAsync(stop => CertApproverCommand.RunAsync(approver.Flags, stop));
            case CommandLine.Probe probe:
                return await new ProbeCommand(probe.ConfigurationFile, probe.Path, Console.Out).RunAsync();
            case CommandLine.Run run:
                return await RunAsync(run);
            default:
                throw new InvalidOperationException("unknown command line");
        }
    }

    private static async Task<int> UntilSignalAsync(Func<CancellationToken, Task<int>> command)
    {
        using var stop = new CancellationTokenSource();
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        return await command(stop.Token);

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static int RunPending(CommandLine.Pending pending)
    {
        var errors = new List<string>();
        if (DaemonSettings.LoadDaemon(pending.ConfigurationFile, errors) is { } daemon && errors.Count == 0)
            return new PendingCommand(daemon.CniDir, Console.Out, Console.Error).Run(pending.Verb, pending.Names);

        foreach (var error in errors)
            Console.Error.WriteLine($"multus-daemon: {error}");
        return ExitCode.Configuration;
    }

    private static async Task<int> RunAsync(CommandLine.Run run)
    {
        var loaded = DaemonSettings.Load(run.ConfigurationFile, run.HoconFile);
        if (loaded.Settings is not { } settings)
        {
            LastWords.Say(Console.Error, loaded.Errors.Concat(loaded.Warnings));
            return ExitCode.Configuration;
        }

        try
        {
            PoolThreads.Start();
        }
        catch (OutOfMemoryException e)
        {
            LastWords.Say(
                Console.Error,
                [
                    $"{PoolThreads.Count} threads cannot be made: {e.Message} See pids.max of its cgroup, "
                        + "RLIMIT_NPROC, and its memory limit.",
                ]
            );
            return ExitCode.Failure;
        }

        // Akka prints there, at its end, the lines that its logger has not taken: nobody may have to read them.
        Console.SetOut(TextWriter.Null);
        using var log = LogPipeline.Create(settings.Daemon, TimeProvider.System);
        try
        {
            foreach (var warning in loaded.Warnings)
                HostLog.WithoutEffect(log.Factory.CreateLogger("Multus.Host"), warning);
            return await Daemon.RunAsync(settings, log);
        }
        catch (ApiConfigurationException wrong)
        {
            LastWords.Say(Console.Error, [wrong.Message]);
            return ExitCode.Configuration;
        }
        catch (KubernetesException refused)
        {
            HostLog.Fatal(log.Factory.CreateLogger("Multus.Host"), refused.Message);
            LastWords.Say(Console.Error, [refused.Message]);
            return ExitCode.Failure;
        }
        catch (Exception crash)
        {
            // The one boundary for what nobody foresaw: said on stderr whatever the log level is, and the supervisor of
            // the process starts it anew.
            HostLog.Crashed(log.Factory.CreateLogger("Multus.Host"), crash);
            LastWords.Say(Console.Error, [crash.Message]);
            return ExitCode.Failure;
        }
    }
}
