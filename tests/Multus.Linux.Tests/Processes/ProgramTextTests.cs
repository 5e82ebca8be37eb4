using Multus.Linux.Processes;

namespace Multus.Linux.Tests.Processes;

public sealed class ProgramTextTests
{
    [Theory]
    [InlineData(
        "00404000-00f80000 r-xp 00004000 fe:00 1234                       /usr/local/bin/multus-daemon",
        0x404000,
        0xf80000
    )]
    [InlineData(
        "7f0000001000-7f0000002000 r-xp 00001000 fe:00 9 /usr/lib/x86_64-linux-gnu/lib c.so.6 (deleted)",
        0x7f0000001000,
        0x7f0000002000
    )]
    public void Code_of_a_file_is_found(string line, long from, long to) =>
        Assert.Equal((from, to), ProgramText.Find(line));

    [Theory]
    [InlineData("00f80000-017f6000 r--p 00b80000 fe:00 1234 /usr/local/bin/multus-daemon")] // what is read only may have been written before
    [InlineData("017f6000-020b6000 rw-p 013f6000 fe:00 1234 /usr/local/bin/multus-daemon")]
    [InlineData("7f0000001000-7f0000002000 rwxp 00000000 00:00 0")]
    [InlineData("7f0000001000-7f0000002000 r-xp 00000000 00:00 0")] // made while it runs
    [InlineData("7ffd5a7f2000-7ffd5a7f4000 r-xp 00000000 00:00 0 [vdso]")]
    [InlineData("")]
    [InlineData("nonsense r-xp a b c /x")]
    public void Nothing_else_is(string line) => Assert.Null(ProgramText.Find(line));

    [Fact]
    public void What_was_let_go_of_still_runs()
    {
        var mapped = ProgramText.Release();

        Assert.True(mapped > 100_000, $"{mapped} bytes of code are mapped");
        Assert.Equal(mapped, ProgramText.Release());
    }
}
