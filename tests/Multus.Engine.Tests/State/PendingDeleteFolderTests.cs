using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Multus.Cni;
using Multus.Core.Configuration;
using Multus.Engine.Requests;
using Multus.Engine.State;
using Multus.TestSupport;
using Multus.TestSupport.Daemons;
using Multus.Wire;

namespace Multus.Engine.Tests.State;

public class PendingDeleteFolderTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly RequestMapping _mapping;
    private readonly PendingDeleteFolder _folder;

    public PendingDeleteFolderTests()
    {
        var daemon = ConfigurationOverlay.Parse(
            Encoding.UTF8.GetBytes($$"""{"manifestDir":"/m","clusterNetwork":"/x","cniDir":"{{_temp.Path}}"}""")
        );
        _mapping = new RequestMapping(daemon, "", NullLogger.Instance);
        _folder = new PendingDeleteFolder(_temp.Path, _mapping, TimeProvider.System);
    }

    public void Dispose()
    {
        _temp.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Without_a_folder_nothing_is_stored() => Assert.Empty(_folder.List());

    [Fact]
    public void A_stored_delete_is_listed_read_and_removed()
    {
        var name = Store("c1", "DEL");

        Assert.Equal([name], _folder.List().Select(stored => stored.Name));
        Assert.Equal("c1", _folder.Read(name)!.Request.Sandbox.Value);
        _folder.Remove(name);
        Assert.Empty(_folder.List());
        Assert.Null(_folder.Read(name));
    }

    [Fact]
    public void What_is_no_delete_is_refused_and_can_be_set_aside_where_it_is_not_listed_any_more()
    {
        var name = Store("c1", "ADD");

        Assert.Throws<PendingDeleteException>(() => _folder.Read(name));
        Assert.True(File.Exists(_folder.SetAside(name)));
        Assert.Empty(_folder.List());
    }

    [Fact]
    public void A_delete_needs_no_network_in_the_configuration()
    {
        var daemon = ConfigurationOverlay.Parse(
            """{"manifestDir":"/m","clusterNetwork":null,"defaultNetworks":7,"cniDir":"/c"}"""u8.ToArray()
        );
        var folder = new PendingDeleteFolder(
            _temp.Path,
            new RequestMapping(daemon, "", NullLogger.Instance),
            TimeProvider.System
        );

        Assert.Equal("/c", folder.Read(Store("c1", "DEL"))!.Request.Configuration.CniDir);
    }

    [Fact]
    public void A_delete_that_only_the_daemons_configuration_stands_in_the_way_of_is_still_a_delete()
    {
        var daemon = ConfigurationOverlay.Parse(
            """{"manifestDir":"/m","clusterNetwork":"/x","binDir":7}"""u8.ToArray()
        );
        var folder = new PendingDeleteFolder(
            _temp.Path,
            new RequestMapping(daemon, "", NullLogger.Instance),
            TimeProvider.System
        );

        Assert.Contains("binDir", Assert.Throws<CniException>(() => folder.Read(Store("c1", "DEL"))).Error.Message);
    }

    [Fact]
    public void What_the_daemon_stores_of_an_add_is_byte_for_byte_what_the_shim_stores_of_the_delete()
    {
        var name = PendingDelete.FileName(SandboxId.Parse("c1"), InterfaceName.Parse("eth0"));
        var add = Body("c1", "ADD");

        _folder.Store(_mapping.MapDelete(add), network: null);

        Assert.Equal(name, Assert.Single(_folder.List()).Name);
        Assert.Equal(Body("c1", "DEL").ToJson(), File.ReadAllBytes(Path.Combine(_folder.Path, name)));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            File.GetUnixFileMode(Path.Combine(_folder.Path, name))
        );
        Assert.Equal("c1", _folder.Read(name)!.Request.Sandbox.Value);
    }

    [Fact]
    public void What_shim_and_daemon_store_of_one_sandbox_is_one_file_and_forgotten_as_one()
    {
        Store("c1", "DEL");
        var add = Body("c1", "ADD");

        _folder.Store(_mapping.MapDelete(add), network: null);
        Assert.Single(_folder.List());

        _folder.Forget(SandboxId.Parse("c1"), InterfaceName.Parse("eth0"));
        Assert.Empty(_folder.List());
    }

    [Fact]
    public void A_delete_that_does_not_say_of_what_is_none() =>
        Assert.Throws<PendingDeleteException>(() => _folder.Read(Store("c1", "DEL", said: "../c1")));

    [Fact]
    public async Task A_watch_tells_of_a_delete_that_is_renamed_into_place()
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watch = _folder.Watch(() => told.TrySetResult());

        Store("c1", "DEL");

        await told.Task.WaitAsync(Wait.Patience);
    }

    [Fact]
    public void What_is_given_up_is_no_stored_DEL_any_more_and_one_again_when_it_has_its_name_back()
    {
        var (sandbox, ifName) = (SandboxId.Parse("c1"), InterfaceName.Parse("eth0"));
        var name = Store("c1", "DEL");

        _folder.GiveUp(name, ["network blue"]);

        Assert.Empty(_folder.List());
        Assert.Equal(
            (true, false, 1),
            (_folder.IsGivenUp(sandbox, ifName), _folder.IsStored(sandbox, ifName), _folder.CountGivenUp())
        );
        File.Move(Path.Combine(_folder.Path, GivenUpDelete.NameOf(name)), Path.Combine(_folder.Path, name));
        Assert.Equal("c1", _folder.Read(name)!.Request.Sandbox.Value);
    }

    [Fact]
    public void An_add_that_begins_anew_forgets_what_was_given_up_as_well()
    {
        _folder.GiveUp(Store("c1", "DEL"), ["network blue"]);

        _folder.Forget(SandboxId.Parse("c1"), InterfaceName.Parse("eth0"));

        Assert.Equal(0, _folder.CountGivenUp());
    }

    private string Store(string sandbox, string verb, string? said = null)
    {
        var name = PendingDelete.FileName(SandboxId.Parse(sandbox), InterfaceName.Parse("eth0"));
        var body = Body(said ?? sandbox, verb);
        Directory.CreateDirectory(_folder.Path);
        var temp = Path.Combine(_folder.Path, $"{name}.tmp");
        File.WriteAllBytes(temp, body.ToJson());
        File.Move(temp, Path.Combine(_folder.Path, name));
        return name;
    }

    private static CniRequestBody Body(string sandbox, string verb) =>
        new(
            [new("CNI_ARGS", ""), new("CNI_COMMAND", verb), new("CNI_CONTAINERID", sandbox), new("CNI_IFNAME", "eth0")],
            "{\"name\":\"n\"}"u8.ToArray()
        );
}
