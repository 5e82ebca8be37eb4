using Multus.Host.SelfTests;

namespace Multus.Host.Tests.SelfTests;

public sealed class SelfTestTests : IDisposable
{
    private readonly StringWriter _output = new();

    [Fact]
    public async Task What_works_and_what_does_not_has_a_line_each()
    {
        var report = new Report(_output);

        await report.CheckAsync("first", () => Task.CompletedTask);
        await report.CheckAsync("second", () => throw new InvalidOperationException("it is not there"));
        await report.CheckAsync("third", () => Task.CompletedTask);

        Assert.Equal(
            ["first: ok", "second: failed: System.InvalidOperationException: it is not there", "third: ok"],
            Lines()
        );
        Assert.False(report.AllWork);
    }

    [Fact]
    public async Task Everything_works_where_nothing_was_left_out()
    {
        Assert.Equal(ExitCode.Success, await SelfTest.RunAsync(_output));

        Assert.All(Lines(), line => Assert.EndsWith(": ok", line, StringComparison.Ordinal));
    }

    public void Dispose() => _output.Dispose();

    private string[] Lines() => _output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
}
