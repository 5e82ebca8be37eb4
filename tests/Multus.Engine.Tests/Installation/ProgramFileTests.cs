using Multus.Engine.Installation;
using Multus.Linux.Processes;
using Multus.TestSupport;

namespace Multus.Engine.Tests.Installation;

/// <summary>Putting a program where the container runtime looks.</summary>
public sealed class ProgramFileTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly ProcessRunner _processes = new(TimeProvider.System);

    public void Dispose()
    {
        _processes.Dispose();
        _temp.Dispose();
    }

    [Fact]
    public async Task A_program_is_put_there_once_and_what_killed_installers_have_left_goes()
    {
        var source = Program("multus-shim");
        _temp.File("bin/.multus-shim.0123456789abcdef.tmp", "half");
        _temp.File("bin/multus-shim.temp123", "upstream's half");
        _temp.File("bin/.bridge.0123456789abcdef.tmp", "somebody else's");

        Assert.True(await InstallAsync(source));
        Assert.False(await InstallAsync(source));

        Assert.Equal(
            [".bridge.0123456789abcdef.tmp", "multus-shim"],
            Directory.EnumerateFiles(_temp["bin"]).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        Assert.Equal(await File.ReadAllBytesAsync(source), await File.ReadAllBytesAsync(_temp["bin", "multus-shim"]));
        Assert.True(File.GetUnixFileMode(_temp["bin", "multus-shim"]).HasFlag(UnixFileMode.OtherExecute));
    }

    [Fact]
    public async Task A_program_that_is_being_executed_is_replaced()
    {
        Directory.CreateDirectory(_temp["bin"]);
        var target = _temp["bin", "multus-shim"];
        File.Copy("/bin/sleep", target);
        using var running = System.Diagnostics.Process.Start(target, "600");
        try
        {
            Assert.True(await InstallAsync(Program("multus-shim")));
            Assert.False(running.HasExited);
        }
        finally
        {
            running.Kill();
            await running.WaitForExitAsync();
        }
    }

    [Theory]
    [InlineData("#!/bin/sh\n", "no ELF header")]
    [InlineData("", "no ELF header")]
    public async Task What_is_no_program_is_refused_and_nothing_is_replaced(string content, string why)
    {
        _temp.File("bin/multus-shim", "old");
        var source = _temp.File("image/multus-shim", content);

        var refused = await Assert.ThrowsAsync<InstallException>(() => InstallAsync(source));

        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.Equal("old", await File.ReadAllTextAsync(_temp["bin", "multus-shim"]));
    }

    [Fact]
    public async Task A_program_for_another_machine_is_refused_by_the_names_of_both()
    {
        var content = await File.ReadAllBytesAsync("/bin/true");
        content[18] = 243; // RISC-V
        var source = _temp.File("image/multus-shim", "");
        await File.WriteAllBytesAsync(source, content);

        var refused = await Assert.ThrowsAsync<InstallException>(() => InstallAsync(source));

        Assert.Contains("is for ELF machine 243", refused.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_temp["bin"]));
    }

    [Fact]
    public async Task A_program_that_does_not_run_is_refused_with_its_words()
    {
        var source = Program("multus-shim", "/bin/false");

        var refused = await Assert.ThrowsAsync<InstallException>(() => InstallAsync(source));

        Assert.Contains("does not run here", refused.Message, StringComparison.Ordinal);
    }

    private Task<bool> InstallAsync(string source) =>
        new ProgramFile(_processes).InstallAsync(
            source,
            _temp["bin"],
            Path.GetFileName(source),
            CancellationToken.None
        );

    // true takes every argument, also -version.
    private string Program(string name, string from = "/bin/true")
    {
        Directory.CreateDirectory(_temp["image"]);
        var path = _temp["image", name];
        File.Copy(from, path);
        return path;
    }
}
