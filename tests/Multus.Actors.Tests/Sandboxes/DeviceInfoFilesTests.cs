using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Multus.Actors.Annotations;
using Multus.Actors.Sandboxes;
using Multus.Actors.Tests.Fakes;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Cni.Runtime;
using Multus.Core.Planning;
using Multus.Engine.Attach;
using Multus.Engine.Requests;

namespace Multus.Actors.Tests.Sandboxes;

/// <summary>Device-info files through ADD and DEL (attach.md §9.4).</summary>
public class DeviceInfoFilesTests : SandboxFixture
{
    private const string Information = """{"type":"pci","version":"1.1.0","pci":{"pci-address":"0000:03:02.0"}}""";
    private const UnixFileMode ReadableByAll = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    public DeviceInfoFilesTests()
    {
        ExtraKeys = $",\"deviceInfoDir\":\"{Temp["devinfo"]}\"";
        Cluster = ClusterOf(
            new() { ["k8s.v1.cni.cncf.io/networks"] = """[{"name":"vf","deviceID":"0000:03:02.0"}]""" },
            ("ns", "vf", """{"cniVersion":"1.0.0","type":"second","capabilities":{"CNIDeviceInfoFile":true}}""")
        );
    }

    private string OwnFile => Temp["devinfo/cni/ns-vf-c1_net1"];

    private string DevicePluginFile => Temp["devinfo/dp/intel.com-vf-0000:03:02.0-device.json"];

    [Fact]
    public async Task What_the_plugin_writes_is_in_the_network_status_and_gone_after_the_delete()
    {
        var published = "";
        Annotations = question =>
        {
            if (question is AnnotationsProtocol.Publish publish)
                published = publish.Json;
            return new AnnotationsProtocol.Reply.Stored();
        };
        Plugins.On(
            CniCommand.Add,
            "second",
            call =>
            {
                using var stdin = JsonDocument.Parse(call.Stdin);
                Temp.File(
                    Path.GetRelativePath(
                        Temp.Path,
                        stdin.RootElement.GetProperty("runtimeConfig").GetProperty("CNIDeviceInfoFile").GetString()!
                    ),
                    Information
                );
                return Task.FromResult(FakePlugins.Success(call));
            }
        );
        var sandboxes = Sandboxes();

        Assert.IsType<CniReply.Attached>(await Attach(sandboxes));

        using var status = JsonDocument.Parse(published);
        Assert.False(status.RootElement[0].TryGetProperty("device-info", out _));
        Assert.Equal(
            "0000:03:02.0",
            status.RootElement[1].GetProperty("device-info").GetProperty("pci").GetProperty("pci-address").GetString()
        );
        Assert.True(File.Exists(OwnFile));

        Assert.IsType<CniReply.Done>(await Detach(sandboxes));
        Assert.False(File.Exists(OwnFile));
    }

    [Fact]
    public async Task An_ADD_that_is_undone_leaves_no_file()
    {
        Plugins.On(
            CniCommand.Add,
            "second",
            _ =>
            {
                Temp.File("devinfo/cni/ns-vf-c1_net1", Information);
                return Task.FromResult<PluginOutput>(new PluginOutput.Failed(new CniError(100, "no more")));
            }
        );

        Assert.IsType<CniReply.Refused>(await Attach(Sandboxes()));
        Assert.False(File.Exists(OwnFile));
    }

    [Fact]
    public async Task A_file_that_is_no_device_information_fails_nothing()
    {
        Plugins.On(
            CniCommand.Add,
            "second",
            call =>
            {
                Temp.File("devinfo/cni/ns-vf-c1_net1", "{");
                return Task.FromResult(FakePlugins.Success(call));
            }
        );

        Assert.IsType<CniReply.Attached>(await Attach(Sandboxes()));
    }

    [Fact]
    public void What_the_device_plugin_wrote_is_copied_for_all_to_read_and_stays_where_it_was()
    {
        Temp.File("devinfo/dp/intel.com-vf-0000:03:02.0-device.json", Information);
        Temp.File("devinfo/cni/ns-vf-c1_net1", "left by an earlier ADD");

        DeviceInfoFiles.Prepare(WithDevice(), NullLogger.Instance);

        Assert.Equal(Information, File.ReadAllText(OwnFile));
        Assert.Equal(ReadableByAll, File.GetUnixFileMode(OwnFile));
        Assert.Equal([OwnFile], Directory.GetFileSystemEntries(Temp["devinfo/cni"]));

        DeviceInfoFiles.Remove(WithDevice(), NullLogger.Instance);
        Assert.False(File.Exists(OwnFile));
        Assert.True(File.Exists(DevicePluginFile));
    }

    [Fact]
    public void The_folder_is_made_so_that_all_can_read_it()
    {
        Temp.File("devinfo/dp/intel.com-vf-0000:03:02.0-device.json", Information);

        DeviceInfoFiles.Prepare(WithDevice(), NullLogger.Instance);

        Assert.Equal("rwxr-xr-x", Mode(Temp["devinfo/cni"]));
    }

    [Fact]
    public void Without_a_file_of_the_device_plugin_only_what_an_earlier_ADD_left_is_removed()
    {
        Temp.File("devinfo/cni/ns-vf-c1_net1", "left by an earlier ADD");

        DeviceInfoFiles.Prepare(WithDevice(), NullLogger.Instance);

        Assert.Empty(Directory.GetFileSystemEntries(Temp["devinfo/cni"]));
        Assert.Null(DeviceInfoFiles.Load(WithDevice(), NullLogger.Instance));
    }

    [Fact]
    public void A_file_that_is_too_large_is_passed_over()
    {
        Temp.File("devinfo/cni/ns-vf-c1_net1", $$"""{"type":"{{new string('x', 1 << 17)}}"}""");

        Assert.Null(DeviceInfoFiles.Load(WithDevice(), NullLogger.Instance));
    }

    private static string Mode(string path) =>
        string.Concat(
            "rwxrwxrwx".Select((letter, i) => ((int)File.GetUnixFileMode(path) >> (8 - i) & 1) == 1 ? letter : '-')
        );

    private PlannedAttachment WithDevice()
    {
        var network = NetworkConfiguration.Parse("""{"cniVersion":"1.0.0","name":"vf","type":"second"}"""u8.ToArray());
        using var path = JsonDocument.Parse($"\"{OwnFile}\"");
        var parameters = new AttachmentParameters(
            SandboxId.Parse("c1"),
            "/run/netns/x",
            "net1",
            [],
            [new("CNIDeviceInfoFile", path.RootElement.Clone())],
            []
        );
        return new PlannedAttachment(1, "ns/vf", false, network, parameters, parameters, null)
        {
            DeviceId = "0000:03:02.0",
            ResourceName = "intel.com/vf",
        };
    }
}
