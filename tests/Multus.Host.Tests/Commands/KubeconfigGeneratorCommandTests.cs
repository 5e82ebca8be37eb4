using Microsoft.Extensions.Logging.Abstractions;
using Multus.Host.Commands;
using Multus.TestSupport;

namespace Multus.Host.Tests.Commands;

/// <summary>What the generator wants before it begins; what it does then is a test of the whole process.</summary>
public sealed class KubeconfigGeneratorCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly StringWriter _errors = new();

    public void Dispose()
    {
        _folder.Dispose();
        _errors.Dispose();
    }

    [Fact]
    public async Task A_bootstrap_file_that_is_missing_is_named() =>
        await FailsWith("--bootstrap-config /no/such/file does not exist", bootstrap: "/no/such/file");

    [Fact]
    public async Task A_folder_that_is_none_is_named() =>
        await FailsWith("is no folder", folder: _folder.File("file", ""));

    [Fact]
    public async Task A_duration_that_is_too_short_is_named() =>
        await FailsWith("--cert-duration must be a duration from 10m", duration: "5m");

    [Fact]
    public async Task A_node_without_a_name_is_no_subject() => await FailsWith("MULTUS_NODE_NAME", node: "");

    [Fact]
    public async Task A_bootstrap_file_that_is_no_kubeconfig_is_named() => await FailsWith("kubeconfig");

    private async Task FailsWith(
        string reason,
        string? bootstrap = null,
        string? folder = null,
        string duration = "10m",
        string node = "node-1"
    )
    {
        var flags = KubeconfigGeneratorCommand.Parse([
            "--bootstrap-config",
            bootstrap ?? _folder.File("bootstrap", "{}"),
            "--certdir",
            folder ?? _folder.Folder("certs"),
            "--kubeconfig",
            _folder["kubeconfig"],
            "--cert-duration",
            duration,
        ]);

        var code = await new KubeconfigGeneratorCommand(
            flags,
            _errors,
            name => name == "MULTUS_NODE_NAME" ? node : null,
            TimeProvider.System,
            NullLoggerFactory.Instance
        ).RunAsync(default);

        Assert.Equal(64, code);
        Assert.Contains(reason, _errors.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["kubeconfig"]));
    }
}
