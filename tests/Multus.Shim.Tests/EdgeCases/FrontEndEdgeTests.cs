using Multus.Shim.Tests.Support;

namespace Multus.Shim.Tests.EdgeCases;

/// <summary>Rows of edge-cases.md M about the front end of a plugin, which here is the shim.</summary>
public sealed class FrontEndEdgeTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("no configuration at all")]
    public async Task Edge_283_VERSION_needs_no_other_variable_and_does_not_look_at_stdin(string stdin)
    {
        var run = await ShimProcess.RunAsync(new() { ["CNI_COMMAND"] = "VERSION" }, stdin);

        Assert.Equal((0, ""), (run.ExitCode, run.Stderr));
        Assert.StartsWith(
            """{"cniVersion":"1.1.0","supportedVersions":["0.1.0",""",
            run.Stdout,
            StringComparison.Ordinal
        );
    }

    // The row's other half, a plugin without an about text, cannot be: the shim always has one.
    [Fact]
    public async Task Edge_285_without_a_command_the_about_text_goes_to_stderr_and_that_is_success()
    {
        var run = await ShimProcess.RunAsync([], "{}");

        Assert.Equal((0, ""), (run.ExitCode, run.Stdout));
        Assert.StartsWith("meta-plugin that delegates to other CNI plugins\n", run.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("1.0.0.0")]
    [InlineData("1.x.0")]
    public async Task Edge_288_a_version_that_is_none_is_code_6(string version) =>
        Assert.Equal(6, await CodeOf(version));

    [Theory]
    [InlineData("1.1.5")]
    [InlineData("0.4.1")]
    [InlineData("2.0.0")]
    public async Task Edge_288_a_version_that_nobody_speaks_is_code_1(string version) =>
        Assert.Equal(1, await CodeOf(version));

    private async Task<int> CodeOf(string version)
    {
        var run = await ShimProcess.RunAsync(ShimProcess.Call("ADD"), Config.In(_folder, version));

        using var error = System.Text.Json.JsonDocument.Parse(run.Stdout);
        return error.RootElement.GetProperty("code").GetInt32();
    }
}
