using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Multus.Actors.Sandboxes;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Cni.Runtime;
using Multus.Configuration;
using Multus.Core.Configuration;
using Multus.Core.Networks;
using Multus.Core.Records;
using Multus.Engine.Requests;
using Multus.Engine.State;
using Multus.Host.PendingDeletes;
using Multus.Linux.Plugins;
using Multus.TestSupport;
using Multus.Wire;

namespace Multus.Host.Tests.Security;

/// <summary>
/// Every name that comes from outside and may become part of a path, in every place where it does: it is refused, or
/// the path stays in its folder. Files that wait outside, where a name that climbs would find them, are neither found
/// nor changed.
/// </summary>
public sealed class HostileNamesTests : IDisposable
{
    private const int Count = 4000;
    private const string Canary = "nobody reads this";

    private readonly TempFolder _root = new();
    private readonly string _inside;

    public HostileNamesTests()
    {
        _inside = _root.Folder("a", "b", "inside");
        foreach (
            var outside in new[]
            {
                "canary",
                "a/canary",
                "a/b/canary",
                "a/b/canary.json",
                "a/b/inside.json",
                "a/b/eth0",
                "a/canary.conf",
            }
        )
            File.SetUnixFileMode(
                _root.File(outside, Canary),
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            );
    }

    public void Dispose()
    {
        foreach (var file in _root.Files().Where(file => !file.StartsWith("a/b/inside/", StringComparison.Ordinal)))
            Assert.Equal(Canary, File.ReadAllText(_root[file]));
        Assert.Equal(7, _root.Files().Count(file => !file.StartsWith("a/b/inside/", StringComparison.Ordinal)));
        _root.Dispose();
    }

    [Fact]
    public void A_container_id_and_an_interface_name_that_are_accepted_name_a_record_and_a_stored_DEL_in_their_folder()
    {
        var accepted = 0;
        foreach (
            var (container, ifName) in HostileNames
                .Of(1, Count)
                .Zip(HostileNames.Of(1, Count).Select(name => name == "results" ? "eth0" : name))
        )
        {
            if (Request(container, "eth0") is { } byContainer)
                AssertInside(byContainer.Sandbox.Value, ref accepted);
            if (Request("c1", ifName) is { } byInterface)
                AssertInside(PendingDelete.FileName(byInterface.Sandbox, byInterface.IfName), ref accepted);
        }

        Assert.InRange(accepted, Count, int.MaxValue);
    }

    [Fact]
    public void A_stored_DEL_is_read_and_removed_in_its_folder_only()
    {
        var folder = new PendingDeleteFolder(_inside, Mapping(), TimeProvider.System);
        foreach (var name in HostileNames.Of(2, Count))
        {
            if (
                !SandboxId.TryParse(name, out var sandbox)
                || !InterfaceName.TryParse(name.Length > 15 ? "eth0" : name, out var ifName)
            )
                continue;

            Assert.False(folder.IsStored(sandbox, ifName));
            folder.Forget(sandbox, ifName);
        }
    }

    [Fact]
    public void A_cached_result_is_stored_found_and_removed_in_its_folder_only()
    {
        var results = Path.Combine(_inside, "results");
        var cache = new FileResultCache(results);
        var stored = 0;
        foreach (var name in HostileNames.Of(3, 300))
        {
            foreach (
                var (network, container, ifName) in new[]
                {
                    (name, "c1", "eth0"),
                    ("blue", name, "eth0"),
                    ("blue", "c1", name),
                }
            )
            {
                try
                {
                    cache.Store(
                        new CachedAttachment(
                            CachedAttachment.CurrentKind,
                            network,
                            container,
                            ifName,
                            "",
                            default,
                            [],
                            [],
                            "{}"u8.ToArray()
                        )
                    );
                    Assert.NotNull(cache.Load(network, container, ifName));
                    Assert.Equal(
                        results,
                        Path.GetDirectoryName(
                            Path.GetFullPath(
                                Path.Join(results, CachedAttachmentCodec.FileName(network, container, ifName))
                            )
                        )
                    );
                    cache.Remove(network, container, ifName);
                    stored++;
                }
                catch (CniException refused)
                {
                    Assert.Contains(refused.Error.Code, new[] { CniErrorCode.InvalidNetworkConfig, CniErrorCode.Io }); // Io: longer than a file name may be
                }
            }
        }

        Assert.InRange(stored, 300, int.MaxValue);
        Assert.DoesNotContain(_root.Files(), file => file.StartsWith("a/b/inside/", StringComparison.Ordinal));
    }

    [Fact]
    public void A_plugin_is_found_in_its_folder_only()
    {
        _root.File("a/b/inside/ok1", "a plugin");
        var found = 0;
        foreach (var type in HostileNames.Of(4, Count))
        {
            try
            {
                Assert.Equal(Path.Combine(_inside, type), PluginFinder.Find(type, [_inside]));
                Assert.Equal("ok1", type);
                found++;
            }
            catch (CniException refused)
            {
                Assert.Contains(refused.Error.Code, new[] { CniErrorCode.InvalidNetworkConfig, CniErrorCode.Io });
            }
        }

        Assert.Equal(1, found);
        File.Delete(_root["a/b/inside/ok1"]);
    }

    [Fact]
    public void A_list_s_name_leads_to_plugins_in_the_folder_of_its_file_only()
    {
        var accepted = 0;
        foreach (var name in HostileNames.Of(5, Count))
        {
            var file = ConfigurationFile.Parse(
                new FoundFile(
                    Path.Combine(_inside, "10-x.conflist"),
                    Encoding.UTF8.GetBytes($$"""{"cniVersion":"1.0.0","name":{{LogText(name)}} }""")
                )
            );
            if (file.FragmentFolder is not { } folder)
                continue;

            Assert.Equal(_inside, Path.GetDirectoryName(Path.GetFullPath(folder)));
            accepted++;
        }

        Assert.InRange(accepted, Count, int.MaxValue);
    }

    [Fact]
    public void A_network_is_remembered_under_a_name_that_leads_nowhere_else()
    {
        foreach (var name in HostileNames.Of(6, Count))
        {
            var network = new AttachedNetwork(
                name,
                NetworkConfiguration.ParseConf(
                    Encoding.UTF8.GetBytes($$"""{"name":{{LogText(name)}},"type":"bridge"}""")
                )
            );

            Assert.Matches("^[A-Za-z0-9_.~%@-]{1,230}$", network.Key); // no separator, and with an @ in it neither . nor ..
            Assert.Equal(name, AttachedNetwork.Parse(network.ToJson()).DisplayName);
        }
    }

    private static string LogText(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    private static RequestMapping Mapping() => new(ConfigurationOverlay.None, "", NullLogger.Instance);

    private SandboxRequest? Request(string container, string ifName)
    {
        KeyValuePair<string, string>[] variables =
        [
            new("CNI_COMMAND", "DEL"),
            new("CNI_CONTAINERID", container),
            new("CNI_IFNAME", ifName),
            new("CNI_NETNS", "/run/netns/x"),
            new("CNI_ARGS", "IgnoreUnknown=1"),
        ];
        var config = Encoding.UTF8.GetBytes(
            $$"""{"cniVersion":"1.0.0","name":"m","type":"multus-shim","clusterNetwork":"/x","cniDir":"{{_inside}}"}"""
        );
        try
        {
            return (
                (CniRequest.Detach)Mapping().Map(new CniRequestBody([.. variables], config), CancellationToken.None)
            ).Request;
        }
        catch (Exception e) when (e is CniException or WrongRequestException)
        {
            return null;
        }
    }

    private void AssertInside(string fileName, ref int accepted)
    {
        Assert.Equal(_inside, Path.GetDirectoryName(Path.GetFullPath(Path.Combine(_inside, fileName))));
        accepted++;
    }
}
