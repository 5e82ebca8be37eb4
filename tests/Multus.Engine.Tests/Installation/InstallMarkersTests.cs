using Multus.Engine.Installation;
using Multus.Linux.Files;
using Multus.TestSupport;

namespace Multus.Engine.Tests.Installation;

/// <summary>That Multus is on the node, and that it was given back.</summary>
public sealed class InstallMarkersTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly InstallMarkers _markers;

    public InstallMarkersTests() => _markers = new InstallMarkers(_temp["cni"]);

    private bool IsGivenBack => File.Exists(_temp["cni", InstallMarkers.Uninstalled]);

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void A_program_that_comes_after_uninstall_brings_the_node_back()
    {
        _markers.SayUninstalled();
        var program = InstallLater();

        Assert.True(_markers.ForgetIfReinstalled(program, "1"));

        Assert.False(IsGivenBack);
        Assert.True(_markers.IsInstalled);
    }

    [Fact]
    public void One_that_was_there_before_or_is_not_there_does_not()
    {
        var program = _temp.File("bin/multus-shim", "a program");
        _markers.SayUninstalled();

        Assert.False(_markers.ForgetIfReinstalled(program, "1"));
        Assert.False(_markers.ForgetIfReinstalled(_temp["bin", "none"], "1"));

        Assert.True(IsGivenBack);
    }

    [Fact]
    public void On_a_node_that_was_never_given_back_nothing_changes()
    {
        Assert.False(_markers.ForgetIfReinstalled(_temp.File("bin/multus-shim", "a program"), "1"));

        Assert.False(Directory.Exists(_temp["cni"]));
    }

    // The file system's clock has ticks.
    private string InstallLater()
    {
        var given = FileStatus.Find(_temp["cni", InstallMarkers.Uninstalled])!.Value;
        string program;
        do program = _temp.File("bin/multus-shim", "a program");
        while (FileStatus.Find(program)!.Value.Changed <= given.Changed);
        return program;
    }
}
