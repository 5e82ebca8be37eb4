using Multus.Engine.Requests;
using Multus.TestSupport;

namespace Multus.Actors.Tests.Sandboxes;

/// <summary>DELs of real plugins that cannot do without their namespace, when it is gone.</summary>
public class RealEndingTests : RealPluginsFixture
{
    [PluginFact("bridge", "host-local", "sbr")]
    public async Task Sbr_makes_no_file_where_the_namespace_was_and_the_address_beside_it_is_freed()
    {
        Define(
            "chain",
            $$"""{"cniVersion":"1.0.0","name":"chain","plugins":[{{Bridge("chain", 82, isDefault: false)}},{"type":"sbr"}]}"""
        );
        var sandboxes = Sandboxes("chain");
        var ns = Namespace();
        await Attached(sandboxes, ns);
        Assert.NotEmpty(Addresses("chain"));
        ns.Dispose();

        Assert.IsType<CniReply.Refused>(await Detach(sandboxes, ns));

        Assert.False(File.Exists(ns.Path));
        Assert.Empty(Addresses("chain"));
        Assert.Empty(Addresses("cluster"));
    }

    [PluginFact("bridge", "host-local", "sbr")]
    public async Task A_container_whose_sbr_could_not_be_undone_is_attached_anew()
    {
        Define(
            "chain",
            $$"""{"cniVersion":"1.0.0","name":"chain","plugins":[{{Bridge("chain", 83, isDefault: false)}},{"type":"sbr"}]}"""
        );
        var sandboxes = Sandboxes("chain");
        var before = Namespace();
        await Attached(sandboxes, before);
        before.Dispose();
        Assert.IsType<CniReply.Refused>(await Detach(sandboxes, before));

        var after = Namespace();
        await Attached(sandboxes, after);

        Assert.Equal(["eth0", "net1"], after.Links());
    }

    private string[] Addresses(string network) =>
        Directory.Exists(Temp[$"ipam/{network}"])
            ?
            [
                .. Directory
                    .EnumerateFiles(Temp[$"ipam/{network}"])
                    .Select(path => Path.GetFileName(path))
                    .Where(name => char.IsAsciiHexDigit(name[0]) && name != "last_reserved_ip.0"),
            ]
            : [];
}
