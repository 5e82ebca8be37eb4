using System.Text;
using Multus.Actors.Annotations;
using Multus.Actors.Cluster;
using Multus.Actors.Netlink;
using Multus.Actors.Tests.Fakes;
using Multus.Cni;
using Multus.Cni.Configurations;
using Multus.Cni.Runtime;
using Multus.Core.Planning;
using Multus.Engine.Requests;

namespace Multus.Actors.Tests.Sandboxes;

/// <summary>A pod into which a network is plugged while it runs.</summary>
public abstract class HotPlugFixture : SandboxFixture
{
    private protected static string InterfacesIn(string status)
    {
        using var entries = System.Text.Json.JsonDocument.Parse(status);
        return string.Join(
            ' ',
            entries.RootElement.EnumerateArray().Select(entry => entry.GetProperty("interface").GetString())
        );
    }

    private protected static NetworkConfiguration Parse(string json) =>
        NetworkConfiguration.Parse(Encoding.UTF8.GetBytes(json));

    private protected static NetworkConfiguration Extra() =>
        Parse("""{"cniVersion":"1.0.0","name":"extra","type":"third"}""");

    private protected SandboxRequest RequestFor(string ifName) =>
        Request() with
        {
            IfName = InterfaceName.Parse(ifName),
        };

    private protected Task<CniReply> Plug(
        IActorRef sandboxes,
        string ifName = "net9",
        InterfaceRequest? wanted = null
    ) =>
        sandboxes.Ask<CniReply>(
            new CniRequest.Plug(
                RequestFor(ifName),
                wanted ?? InterfaceRequest.Of(Extra(), [], null, null),
                CancellationToken.None
            ),
            Patience
        );

    private protected Task<CniReply> Unplug(IActorRef sandboxes, string ifName = "net9", string network = "extra") =>
        sandboxes.Ask<CniReply>(
            new CniRequest.Unplug(
                RequestFor(ifName),
                Parse($$"""{"cniVersion":"1.0.0","name":"{{network}}","type":"third"}""")
            ),
            Patience
        );
}
