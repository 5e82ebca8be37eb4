using System.Diagnostics;
using System.Text.Json;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Xunit.Abstractions;

namespace Multus.EndToEnd.Tests.Recovery;

/// <summary>
/// SIGKILL of <c>multus-daemon install</c> and <c>uninstall</c>, and of <c>multus install</c>, at every file that they
/// make, rename or remove on the node. The runtime never finds half a file, nor a configuration without the program
/// that it names; the same command, run again, does what it is for.
/// </summary>
public sealed class InstallKillTests(ITestOutputHelper output) : IDisposable
{
    private const int Rounds = 100; // of each story

    private readonly TempFolder _host = new();
    private readonly TempFolder _programs = new();

    private string Bin => _host["opt", "cni", "bin"];

    private string Conf => _host["etc", "cni", "net.d", "00-multus.conf"];

    private string Shim => Path.Combine(Bin, "multus-shim");

    private string Thin => Path.Combine(Bin, "multus");

    public void Dispose()
    {
        _host.Dispose();
        _programs.Dispose();
    }

    [RootFact]
    public async Task Install_that_is_killed_leaves_the_old_program_or_the_new_one()
    {
        // Bytes behind the last section change a program and not what it does.
        var versions = new[] { File.ReadAllBytes(Binaries.Shim), [.. File.ReadAllBytes(Binaries.Shim), 0] };
        File.Copy(Binaries.Shim, _programs["multus-shim"]);
        await RunRoundsAsync(
            ["install", "--host-root", _host.Path, "--source", _programs.Path],
            prepare: round =>
            {
                File.WriteAllBytes(_programs["multus-shim"], versions[round % 2]);
                if (round % 3 == 0)
                    File.Delete(Shim);
            },
            check: _ => Assert.True(!File.Exists(Shim) || versions.Any(File.ReadAllBytes(Shim).SequenceEqual)),
            done: round => Assert.Equal(versions[round % 2], File.ReadAllBytes(Shim))
        );
    }

    [RootFact]
    public async Task Uninstall_that_is_killed_never_leaves_a_configuration_without_its_program() =>
        await RunRoundsAsync(
            ["uninstall", "--host-root", _host.Path],
            prepare: _ =>
            {
                _host.File("opt/cni/bin/multus-shim", "a program");
                _host.File("etc/cni/net.d/00-multus.conf", "{}");
            },
            check: _ => Assert.True(!File.Exists(Conf) || File.Exists(Shim)),
            done: _ => Assert.False(File.Exists(Conf) || File.Exists(Shim))
        );

    [RootFact]
    public async Task The_thin_installer_that_is_killed_leaves_whole_files_or_none()
    {
        _host.File("etc/cni/net.d/10-cluster.conf", """{"cniVersion":"1.0.0","name":"n","type":"x"}""");
        _host.File("account/token", "a token");
        _host.File("account/ca.crt", "a CA");
        var kubeconfig = _host["etc", "cni", "net.d", "multus.d", "multus.kubeconfig"];
        await RunRoundsAsync(
            [
                "install",
                "--once",
                $"--bin-dir={Bin}",
                $"--cni-conf-dir={Path.GetDirectoryName(Conf)}",
                $"--service-account-dir={_host["account"]}",
            ],
            prepare: round =>
            {
                foreach (var file in round % 3 == 0 ? [Conf, Thin, kubeconfig] : new[] { Conf })
                {
                    if (File.Exists(file))
                        File.Delete(file);
                }
            },
            check: _ =>
            {
                if (!File.Exists(Conf))
                    return;
                using var conf = JsonDocument.Parse(File.ReadAllText(Conf));
                Assert.Equal(kubeconfig, conf.RootElement.GetProperty("kubeconfig").GetString());
                Assert.Contains("a token", File.ReadAllText(kubeconfig), StringComparison.Ordinal);
                Assert.Equal(File.ReadAllBytes(Binaries.Thin), File.ReadAllBytes(Thin));
            },
            done: _ => Assert.True(File.Exists(Conf) && File.Exists(Thin)),
            Binaries.Thin
        );
    }

    private async Task RunRoundsAsync(
        string[] arguments,
        Action<int> prepare,
        Action<int> check,
        Action<int> done,
        string? program = null
    )
    {
        program ??= Binaries.Daemon;
        Directory.CreateDirectory(Bin);
        Directory.CreateDirectory(Path.GetDirectoryName(Conf)!);
        prepare(0);
        using var watch = new Changes(_host.Path);
        Assert.Equal((0, ""), await RunAsync(program, arguments, watch, killAt: int.MaxValue));
        var steps = watch.Seen;
        Assert.True(steps > 2, $"it has made {steps} changes");
        var killed = 0;
        for (var round = 1; round <= Rounds; round++)
        {
            prepare(round);
            if (await RunAsync(program, arguments, watch, killAt: 1 + (round % steps)) != (0, ""))
                killed++;
            check(round);

            Assert.Equal((0, ""), await RunAsync(program, arguments, watch, killAt: int.MaxValue));
            done(round);
            Assert.Empty(Temporary());
        }

        output.WriteLine($"{steps} changes; killed in {killed} of {Rounds} rounds");
        Assert.True(killed > 0);
    }

    private IEnumerable<string> Temporary() =>
        Directory
            .EnumerateFiles(
                _host.Path,
                "*",
                new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }
            )
            .Where(file => file.EndsWith(".tmp", StringComparison.Ordinal));

    private static async Task<(int Status, string Said)> RunAsync(
        string program,
        string[] arguments,
        Changes watch,
        int killAt
    )
    {
        using var process = new Process();
        process.StartInfo = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        process.StartInfo.Environment["KUBERNETES_SERVICE_HOST"] = "fd00::1";
        process.StartInfo.Environment["KUBERNETES_SERVICE_PORT"] = "6443";
        process.Start();
        watch.Arm(killAt, process.Kill);
        var stdout = process.StandardOutput.ReadToEndAsync();
        var stderr = await Wait.For("its stderr", process.StandardError.ReadToEndAsync());
        await Wait.For("its stdout", stdout);
        await process.WaitForExitAsync();
        watch.Disarm();
        // The thin installer says what it has done on stderr.
        return (process.ExitCode, process.ExitCode == 0 ? "" : stderr);
    }

    /// <summary>What is made, renamed and removed below a folder.</summary>
    private sealed class Changes : IDisposable
    {
        private readonly Lock _lock = new();
        private readonly FileSystemWatcher _watcher;
        private Action? _kill;
        private int _left;

        public Changes(string folder)
        {
            _watcher = new FileSystemWatcher(folder) { IncludeSubdirectories = true, InternalBufferSize = 64 * 1024 };
            _watcher.Created += (_, _) => OnChange();
            _watcher.Deleted += (_, _) => OnChange();
            _watcher.Renamed += (_, _) => OnChange();
            _watcher.EnableRaisingEvents = true;
        }

        public int Seen { get; private set; }

        public void Arm(int nth, Action kill)
        {
            lock (_lock)
                (_left, _kill, Seen) = (nth, kill, 0);
        }

        public void Disarm()
        {
            lock (_lock)
                _kill = null;
        }

        public void Dispose() => _watcher.Dispose();

        private void OnChange()
        {
            lock (_lock)
            {
                Seen++;
                if (_kill is null || --_left != 0)
                    return;
                _kill();
                _kill = null;
            }
        }
    }
}
